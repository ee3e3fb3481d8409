package gift

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"portcullis/core/instruction"
	"portcullis/internal/secret"
)

// Pepper is the key of what is stored of codes, and of receipts. Without it no code can be claimed, and a copy of the journal says
// nothing of any.
type Pepper struct {
	codes    secret.Bytes
	receipts cipher.Block
}

func (*Pepper) String() string             { return redacted }
func (*Pepper) GoString() string           { return redacted }
func (*Pepper) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }
func (*Pepper) LogValue() slog.Value       { return slog.StringValue(redacted) }

const (
	pepperMagic = "portcullis gift pepper 1\n"
	pepperBytes = 32
)

// LoadPepper reads the pepper, or makes one where there is none. Needed says that there are codes which only the one of before knows.
func LoadPepper(path string, needed bool) (*Pepper, error) {
	text, err := os.ReadFile(path) // #nosec G304 -- in the data directory
	if errors.Is(err, fs.ErrNotExist) && needed {
		return nil, fmt.Errorf("the pepper of gift codes %s is not there, and without it none of the codes that are out can be claimed: put the file back", path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return makePepper(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the pepper of gift codes: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the pepper of gift codes: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read the pepper of gift codes %s (mode %#o): run chmod 600 on it", path, info.Mode().Perm())
	}
	digits, ok := strings.CutPrefix(string(text), pepperMagic)
	key, err := hex.DecodeString(strings.TrimSpace(digits))
	if !ok || err != nil || len(key) != pepperBytes {
		return nil, fmt.Errorf("%s is no pepper of gift codes, or one of a newer version: put the file back as it was", path)
	}
	return NewPepper(key), nil
}

// makePepper makes the file, so that a crash leaves all of it or none, and never in place of one that is there.
func makePepper(path string) (*Pepper, error) {
	key := make([]byte, pepperBytes)
	_, _ = rand.Read(key)                                  // it does not fail
	f, err := os.CreateTemp(filepath.Dir(path), ".gift-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("the pepper of gift codes: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintf(f, "%s%x\n", pepperMagic, key)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Link(f.Name(), path)
	}
	if err == nil {
		var dir *os.File
		if dir, err = os.Open(filepath.Dir(path)); err == nil {
			err = errors.Join(dir.Sync(), dir.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the pepper of gift codes: %w", err)
	}
	return NewPepper(key), nil
}

// NewPepper is the pepper of a key of 32 bytes.
func NewPepper(key []byte) *Pepper {
	receipts, err := aes.NewCipher(derive(key, "portcullis gift receipts 1", 32))
	if err != nil {
		panic(err) // of 32 bytes there is one
	}
	return &Pepper{secret.New(derive(key, "portcullis gift codes 1", 32)), receipts}
}

// derive is a key for one use, of a key that has several.
func derive(key []byte, use string, n int) []byte {
	k, err := hkdf.Key(sha256.New, key, nil, use, n)
	if err != nil {
		panic(err) // so little can always be derived
	}
	return k
}

// Hash is what is stored of a code.
func (p *Pepper) Hash(c Code) instruction.CodeHash {
	h := hmac.New(sha256.New, p.codes.Reveal())
	h.Write(c.raw[:])
	return instruction.CodeHash(h.Sum(nil))
}

var receiptText = base32.NewEncoding(strings.ToLower(alphabet)).WithPadding(base32.NoPadding)

// Receipt names a payout to who claimed it: its number and as many zeros, as one block of AES. So nobody counts payouts or guesses one.
func (p *Pepper) Receipt(id instruction.PayoutID) string {
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[:], uint64(id))
	p.receipts.Encrypt(b[:], b[:])
	return receiptText.EncodeToString(b[:])
}

// Payout is what a receipt names; it is false for what is none.
func (p *Pepper) Payout(receipt string) (instruction.PayoutID, bool) {
	b, err := receiptText.DecodeString(receipt)
	if err != nil || len(b) != aes.BlockSize || receiptText.EncodeToString(b) != receipt {
		return 0, false
	}
	p.receipts.Decrypt(b, b)
	if subtle.ConstantTimeCompare(b[8:], make([]byte, 8)) != 1 {
		return 0, false
	}
	id := instruction.PayoutID(binary.BigEndian.Uint64(b))
	return id, id != 0
}
