package gift

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// MaxMessage is how long a message to who claims a code may be, in bytes of UTF-8.
const MaxMessage = 400

// CheckMessage says what is wrong with a message, or nil.
func CheckMessage(text string) error {
	switch {
	case len(text) > MaxMessage:
		return fmt.Errorf("a message has at most %d bytes, and this has %d", MaxMessage, len(text))
	case !utf8.ValidString(text):
		return errors.New("the message is not UTF-8")
	}
	for _, r := range text {
		// What turns the direction of text around could make a page say what it does not.
		if !unicode.IsPrint(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			return fmt.Errorf("a message has letters, signs, blanks and new lines, and this has the character %U", r)
		}
	}
	return nil
}

// box is what a code's message is sealed with, under a key of the code's own. What is sealed carries its nonce.
func (c Code) box() cipher.AEAD {
	b, err := aes.NewCipher(derive(c.raw[:], "portcullis gift message 1", 32))
	if err == nil {
		var box cipher.AEAD
		if box, err = cipher.NewGCMWithRandomNonce(b); err == nil {
			return box
		}
	}
	panic(err) // of 32 bytes there is one
}

// belongs is what a message belongs to: it opens with no other code, asset or amount.
func belongs(x instruction.Asset, n money.Amount) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(x))
	return binary.BigEndian.AppendUint64(b, uint64(n)) // #nosec G115 -- above 0
}

// seal makes a message unreadable but for who has the code; of none it is nothing.
func (c Code) seal(x instruction.Asset, n money.Amount, text string) []byte {
	if text == "" {
		return nil
	}
	return c.box().Seal(nil, nil, []byte(text), belongs(x, n)) // #nosec G407 -- the box makes nonces of its own, and takes none
}

// open is the message; empty for none, and for one that was damaged.
func (c Code) open(x instruction.Asset, n money.Amount, sealed []byte) string {
	text, err := c.box().Open(nil, nil, sealed, belongs(x, n))
	if err != nil || CheckMessage(string(text)) != nil {
		return ""
	}
	return string(text)
}
