// Signs a claim: node sign.mjs <seed, 64 hexadecimal digits> <webhook-id> <webhook-timestamp> <body>
import { createPrivateKey, sign } from "node:crypto";

const [seed, id, timestamp, body] = process.argv.slice(2);
// PKCS 8 of an Ed25519 key is this beginning and the 32 bytes.
const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.from(seed, "hex")]);
const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
const signature = sign(null, Buffer.from(`${id}.${timestamp}.${body}`, "utf8"), key);
console.log(`v1a,${signature.toString("base64")}`);
