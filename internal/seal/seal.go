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
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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

// EnvVar is the environment variable that holds the master key, as 64 hexadecimal digits, where there is no file.
const EnvVar = "PORTCULLIS_MASTER_KEY"

type master struct {
	id   [idBytes]byte
	aead cipher.AEAD
}

// New is the KEK of a master key of 32 bytes.
func New(key secret.Bytes) (KEK, error) {
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

// FromEnv is the KEK of the key in EnvVar, which is taken out of the environment; nil when it is not set.
func FromEnv() (KEK, error) {
	text, ok := os.LookupEnv(EnvVar)
	if !ok {
		return nil, nil
	}
	os.Unsetenv(EnvVar)
	return parse(text, EnvVar)
}

// FromFile is the KEK of the key in the file. Where there is none yet a new key is made, readable by its owner only.
func FromFile(path string) (KEK, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("seal: master key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("seal: others may read the master key %s (mode %#o): run chmod 600 on it", path, info.Mode().Perm())
	}
	return parse(string(text), path)
}

func parse(text, where string) (KEK, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("seal: %s does not hold a master key: %d hexadecimal digits are expected", where, 2*keyBytes)
	}
	return New(secret.New(key))
}

// create writes a new key so that a crash leaves a whole one or none.
func create(path string) (KEK, error) {
	key := make([]byte, keyBytes)
	rand.Read(key)
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("seal: new master key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Link(f.Name(), path) // unlike a rename, never replaces a key that is there
	}
	if err != nil {
		return nil, fmt.Errorf("seal: new master key: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		dir.Sync()
		dir.Close()
	}
	return New(secret.New(key))
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
	if len(sealed) < overhead || sealed[0] != version {
		return secret.Bytes{}, ErrSealed
	}
	if [idBytes]byte(sealed[1:1+idBytes]) != m.id {
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
