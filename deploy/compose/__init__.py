"""What only the containers need: secrets made at the first start, and the health check of a service."""
