// Package secret holds what must never be printed: HMAC secrets, private keys, master keys.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Bytes is a secret. However it is printed, logged or encoded it shows as "[redacted]"; Reveal is the only way in.
type Bytes struct{ b []byte }

// New takes over b; the caller must not use it any more.
func New(b []byte) Bytes { return Bytes{b} }

// Reveal is the secret itself. It must go nowhere but into cryptography, or once to its owner.
func (s Bytes) Reveal() []byte { return s.b }

// IsZero says that there is no secret.
func (s Bytes) IsZero() bool { return len(s.b) == 0 }

func (Bytes) String() string               { return redacted }
func (Bytes) GoString() string             { return redacted }
func (Bytes) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (Bytes) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Bytes) MarshalText() ([]byte, error) { return []byte(redacted), nil }
