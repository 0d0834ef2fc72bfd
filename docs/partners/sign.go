// Signs a claim: go run sign.go <seed, 64 hexadecimal digits> <webhook-id> <webhook-timestamp> <body>
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
)

func main() {
	seed, err := hex.DecodeString(os.Args[1])
	if err != nil {
		panic(err)
	}
	content := []byte(os.Args[2] + "." + os.Args[3] + "." + os.Args[4])
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(seed), content)
	fmt.Println("v1a," + base64.StdEncoding.EncodeToString(signature))
}
