package credential

import (
	"crypto/sha256"

	"portcullis/core/instruction"
)

// mark stands for a public key: enough of its hash that nobody finds two of one mark. Only those of tombstones and canaries
// are kept, since there may be a million living keys.
type mark [16]byte

// markOf is false for what is no public key. One RSA key can be written down in several ways; its modulus is always the same.
func markOf(s instruction.Scheme, material []byte) (m mark, ok bool) {
	switch s {
	case instruction.Ed25519:
	case instruction.RSA:
		pub, err := rsaKey(material)
		if err != nil {
			return m, false
		}
		material = pub.N.Bytes()
	default:
		return m, false
	}
	sum := sha256.Sum256(material)
	copy(m[:], sum[:])
	return m, true
}

// listDead enters the public key of a tombstone or canary. It stays for ever, as they do.
func (k *Keys) listDead(c instruction.Credential) {
	key := k.at(c)
	if key.Revoked == 0 && !key.Canary {
		return
	}
	if m, ok := markOf(key.Scheme, key.Material()); ok {
		k.dead[m] = struct{}{}
	}
}

// Dead says that the material is the public key of a tombstone or of a canary. Sealed secrets cannot be compared: of those it
// is always false.
func (k *Keys) Dead(s instruction.Scheme, material []byte) bool {
	m, ok := markOf(s, material)
	_, dead := k.dead[m]
	return ok && dead
}
