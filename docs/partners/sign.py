"""Signs a claim: python sign.py <seed, 64 hexadecimal digits> <webhook-id> <webhook-timestamp> <body>"""

import base64
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

seed, id, timestamp, body = sys.argv[1:]
key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
signature = key.sign(f"{id}.{timestamp}.{body}".encode())
print("v1a," + base64.b64encode(signature).decode())
