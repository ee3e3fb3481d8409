package notice

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"portcullis/internal/secret"
)

// secretStart is what a webhook's secret begins with; base64 of 24 to 64 bytes follows.
const secretStart = "whsec_"

// ErrSecret says what a webhook's secret looks like.
var ErrSecret = errors.New("notice: a webhook's secret is whsec_ and base64 of 24 to 64 bytes behind it; portcullis webhook keygen makes one")

// NewSecret is a new secret, as it is written.
func NewSecret() secret.Bytes {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails: the program would end
	return secret.New([]byte(secretStart + base64.StdEncoding.EncodeToString(key)))
}

// ParseSecret reads a secret as it is written, and gives the key in it.
func ParseSecret(text secret.Bytes) (secret.Bytes, error) {
	digits, ok := strings.CutPrefix(strings.TrimSpace(string(text.Reveal())), secretStart)
	key, err := base64.StdEncoding.Strict().DecodeString(digits)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 || strings.ContainsAny(digits, "\r\n") {
		return secret.Bytes{}, ErrSecret
	}
	return secret.New(key), nil
}

// ReadSecret reads a secret from a file, which nobody but its owner may read.
func ReadSecret(path string) (secret.Bytes, error) {
	text, err := os.ReadFile(path) // #nosec G304 -- a file that the operator named
	if err != nil {
		return secret.Bytes{}, fmt.Errorf("the webhook's secret: %w", err)
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("others than its owner can read it (mode %04o): run chmod 600 on it", info.Mode().Perm())
	}
	var key secret.Bytes
	if err == nil {
		key, err = ParseSecret(secret.New(text))
	}
	if err != nil {
		return key, fmt.Errorf("the webhook's secret in %s: %w", path, err)
	}
	return key, nil
}

// sign is the signature of a message, as the header webhook-signature has it.
func sign(key secret.Bytes, id string, at time.Time, body []byte) string {
	h := hmac.New(sha256.New, key.Reveal())
	h.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}
