"""What `gelombang` does for the person who runs an installation. Each module is one thing; cli.py only names them."""
