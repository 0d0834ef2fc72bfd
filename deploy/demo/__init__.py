"""Scenario "Medan 2020": a city's programme from the first sheet to the last incentive, on real servers."""
