"""What is larger than the budgets allow and waits to be split. Nothing is added here; every split takes a line away."""

FILES: list[str] = [
    "tests/unit/incentive/builders.py",
    "tests/unit/incentive/house.py",
    "tests/unit/incentive/test_bank.py",
    "tests/unit/incentive/test_batches.py",
    "tests/unit/incentive/test_border.py",
    "tests/unit/incentive/test_border_loop.py",
    "tests/unit/incentive/test_participation.py",
    "tests/unit/incentive/test_payouts.py",
    "tests/unit/registration/test_correction.py",
    "tests/unit/registration/test_door.py",
    "tests/unit/registration/test_eligibility.py",
    "tests/unit/registration/test_identity.py",
    "tests/unit/registration/test_imports.py",
    "tests/unit/registration/test_office.py",
    "tests/unit/registration/test_reactions.py",
    "tests/unit/registration/test_waves.py",
]

FUNCTIONS: list[str] = [
    "tests/component/notification/samples.py _registration",
    "tests/component/notification/samples.py _incentive",
    "tests/unit/incentive/house.py open_house",
    "tests/unit/registration/house.py open_house",
    "tests/unit/registration/test_office.py test_a_wave_from_draft_to_cards_and_anybody_can_check_it",
]
