// Package seal keeps secrets unreadable at rest: each is encrypted under the venue's master key, together with a context
// that it must be opened with again, so that one customer's sealed secret cannot be put in another's place.
//
// A sealed secret is: format version (1 byte), identity of the master key (4 bytes, so that a rotation can tell which key
// it needs), nonce (12), AES-256-GCM ciphertext and tag. Version, identity and context are authenticated.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"portcullis/internal/secret"
)

var (
	// ErrKey means that the sealed secret belongs to another master key.
	ErrKey = errors.New("seal: sealed under another master key; start with the master key that this data was made with")
	// ErrSealed means that the bytes are no sealed secret, were changed, or belong to another context.
	ErrSealed = errors.New("seal: not a sealed secret of this context, or damaged")
)

// KEK seals and opens under one master key.
type KEK interface {
	Seal(plain secret.Bytes, context []byte) ([]byte, error)
	Open(sealed, context []byte) (secret.Bytes, error)
}

const (
	version  = 1
	keyBytes = 32
	idBytes  = 4
	overhead = 1 + idBytes + 12 + 16
)

// ID names a master key without telling anything of it.
type ID [idBytes]byte

// String is the name in hexadecimal.
func (i ID) String() string { return hex.EncodeToString(i[:]) }

// Under says which master key a secret was sealed under.
func Under(sealed []byte) (ID, bool) {
	if len(sealed) < overhead || sealed[0] != version {
		return ID{}, false
	}
	return ID(sealed[1 : 1+idBytes]), true
}

type master struct {
	id   ID
	aead cipher.AEAD
}

// New is the KEK of a master key of 32 bytes.
func New(key secret.Bytes) (KEK, error) { return newMaster(key) }

func newMaster(key secret.Bytes) (*master, error) {
	if len(key.Reveal()) != keyBytes {
		return nil, fmt.Errorf("seal: a master key has %d bytes, this one %d", keyBytes, len(key.Reveal()))
	}
	block, err := aes.NewCipher(key.Reveal())
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	m := &master{aead: aead}
	sum := sha256.Sum256(append([]byte("portcullis master key "), key.Reveal()...))
	copy(m.id[:], sum[:])
	return m, nil
}

// Seal encrypts plain for the context.
func (m *master) Seal(plain secret.Bytes, context []byte) ([]byte, error) {
	out := make([]byte, 1+idBytes+12, overhead+len(plain.Reveal()))
	out[0] = version
	copy(out[1:], m.id[:])
	rand.Read(out[1+idBytes:])
	return m.aead.Seal(out, out[1+idBytes:], plain.Reveal(), m.bound(context)), nil
}

// Open decrypts what Seal gave for the same context.
func (m *master) Open(sealed, context []byte) (secret.Bytes, error) {
	id, ok := Under(sealed)
	switch {
	case !ok:
		return secret.Bytes{}, ErrSealed
	case id != m.id:
		return secret.Bytes{}, ErrKey
	}
	plain, err := m.aead.Open(nil, sealed[1+idBytes:1+idBytes+12], sealed[1+idBytes+12:], m.bound(context))
	if err != nil {
		return secret.Bytes{}, ErrSealed
	}
	return secret.New(plain), nil
}

// bound is what is authenticated beside the secret.
func (m *master) bound(context []byte) []byte {
	return append(append([]byte{version}, m.id[:]...), context...)
}
