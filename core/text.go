package core

import "strings"

// Limits of what people write, in bytes.
const (
	maxText    = 64  // a name or a label
	maxReason  = 200 // why something is dropped or locked
	maxClosing = 500 // why an incident is closed
)

// plain says whether a text is short printable ASCII.
func plain(t string) bool {
	return len(t) <= maxText && !strings.ContainsFunc(t, func(r rune) bool { return r < ' ' || r > '~' })
}

// unprintable says whether a character would break a line, or bend how the text around it is shown.
func unprintable(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xfeff
}
