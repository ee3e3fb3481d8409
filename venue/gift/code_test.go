package gift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestCode: a code reads back however people write it, and any one wrong character, or two that changed places, are known.
func TestCode(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	missed, wrong := 0, 0
	for range 200 {
		var c Code
		for i := range c.raw {
			c.raw[i] = byte(rng.Uint32())
		}
		text := c.Reveal()
		if len(text) != 34 || strings.Count(text, "-") != 6 {
			t.Fatal(text)
		}
		for _, as := range []string{text, strings.ToLower(text), strings.ReplaceAll(text, "-", ""), strings.ReplaceAll(text, "-", " "), "  " + text + "\r\n",
			strings.ReplaceAll(text, "-", "–"), strings.NewReplacer("0", "O", "1", "l").Replace(text), strings.NewReplacer("0", "o", "1", "I").Replace(text)} {
			if got, err := ParseCode(as); err != nil || got != c {
				t.Fatalf("%q: %v", as, err)
			}
		}
		plain := []byte(strings.ReplaceAll(text, "-", ""))
		for i := range plain {
			for _, other := range []byte(alphabet) {
				if b := bytes.Clone(plain); other != b[i] {
					b[i] = other
					if _, err := ParseCode(string(b)); err == nil {
						missed++
					}
					wrong++
				}
			}
			if i > 0 && plain[i] != plain[i-1] {
				b := bytes.Clone(plain)
				b[i], b[i-1] = b[i-1], b[i]
				if _, err := ParseCode(string(b)); err == nil {
					missed++
				}
				wrong++
			}
		}
	}
	if missed > wrong/1000 { // one in 4,096 is to be expected
		t.Errorf("of %d mistyped codes %d seem right", wrong, missed)
	}
	for text, want := range map[string]string{
		"": "there is no code", " - ": "there is no code", strings.Repeat("0", 27): "has 28 letters and digits, and this has 27",
		strings.Repeat("0", 29): "and this has 29", strings.Repeat("0", 28): "one of its characters is wrong", strings.Repeat("0", 200): "too long",
		"0000-U": "character 5 is neither", "0000-é": "character 5 is neither", "\xff": "character 1 is neither",
	} {
		if _, err := ParseCode(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestCodeShowsNothing: neither a code nor a pepper shows itself in any way that things are printed.
func TestCodeShowsNothing(t *testing.T) {
	c := NewCode()
	p := NewPepper(bytes.Repeat([]byte{7}, 32))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "code", c, "in", []Code{c}, "pepper", p)
	b, err := json.Marshal(map[string]any{"code": c})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %x %s %d", c, c, c, c, c, c), string(b), log.String(), fmt.Sprintf("%v %+v", p, *p)} {
		if strings.Contains(text, c.Reveal()) || strings.Contains(text, fmt.Sprintf("%x", c.raw)) || strings.Contains(text, fmt.Sprint(c.raw[:3])[1:]) ||
			strings.Contains(text, fmt.Sprintf("%x", p.codes.Reveal())) {
			t.Errorf("%s", text)
		}
	}
}

// FuzzParseCode: whatever is typed, what is taken for a code is written as one that reads back as the same.
func FuzzParseCode(f *testing.F) {
	c := Code{[16]byte{1, 2, 3}}
	seeds := []string{c.Reveal(), strings.ToLower(c.Reveal()), "", "0000", strings.Repeat("Z", 28), "OIL-0", "ſſſ", "\u2010"}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCode(text)
		if err != nil {
			return
		}
		if again, err := ParseCode(c.Reveal()); err != nil || again != c {
			t.Errorf("%q is %q, which reads as another: %v", text, c.Reveal(), err)
		}
	})
}

// TestReceipt: it names its payout, and nothing that was not made names any.
func TestReceipt(t *testing.T) {
	p, other := NewPepper(bytes.Repeat([]byte{7}, 32)), NewPepper(bytes.Repeat([]byte{8}, 32))
	seen := map[string]bool{}
	for id := instruction.PayoutID(1); id < 500; id++ {
		r := p.Receipt(id)
		if got, ok := p.Payout(r); !ok || got != id || seen[r] || len(r) != 26 {
			t.Fatalf("%d: %q names %d", id, r, got)
		}
		seen[r] = true
		if _, ok := other.Payout(r); ok {
			t.Fatal("a receipt of another pepper is taken")
		}
		b := []byte(r)
		b[int(id)%26] = alphabet[(strings.IndexByte(alphabet, strings.ToUpper(string(b[int(id)%26]))[0])+1)%32]
		for _, bad := range []string{string(b), strings.ToUpper(r), r[1:], r + "0", "", strings.ToLower(string(b))} {
			if _, ok := p.Payout(bad); ok {
				t.Fatalf("%q is taken for a receipt", bad)
			}
		}
	}
}

// TestMessage: it is read with its code, and with no other code, asset or amount.
func TestMessage(t *testing.T) {
	c, other := NewCode(), NewCode()
	const words = "Happy birthday!\nYour aunt ♥"
	sealed := c.seal(1, 5, words)
	if c.open(1, 5, sealed) != words || other.open(1, 5, sealed) != "" || c.open(2, 5, sealed) != "" || c.open(1, 6, sealed) != "" || c.open(1, 5, nil) != "" {
		t.Error("a message opens where it should not, or does not")
	}
	sealed[0]++
	if c.open(1, 5, sealed) != "" || len(c.seal(1, 5, "")) != 0 || len(c.seal(1, 5, strings.Repeat("x", MaxMessage))) > instruction.MaxCodeMessage {
		t.Error("a damaged message, none, or the longest")
	}
	for _, bad := range []string{strings.Repeat("x", MaxMessage+1), "a\x00", "a\tb", "\xff", "pay \u202eme", "\u2067"} {
		if CheckMessage(bad) == nil {
			t.Errorf("%q is a message", bad)
		}
	}
}

// TestPepper: made once, kept, readable by nobody else, and never made anew where codes need the one of before.
func TestPepper(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gift.key")
	if _, err := LoadPepper(path, true); err == nil || !strings.Contains(err.Error(), "put the file back") {
		t.Fatal(err)
	}
	p, err := LoadPepper(path, false)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	c := NewCode()
	again, err := LoadPepper(path, true)
	if err != nil || again.Hash(c) != p.Hash(c) || p.Hash(c) == NewPepper(make([]byte, 32)).Hash(c) || p.Receipt(1) != again.Receipt(1) {
		t.Fatal("the pepper that was read is another", err)
	}
	if _, err := makePepper(path); err == nil {
		t.Fatal("a pepper was made in place of one that is there")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadPepper(path, true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Fatal(err)
	}
	for _, text := range []string{"", pepperMagic, pepperMagic + "00", strings.Repeat("0", 64), "portcullis gift pepper 2\n" + strings.Repeat("0", 64)} {
		if err := firstOf(os.Remove(path), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadPepper(path, false); err == nil || !strings.Contains(err.Error(), "is no pepper") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func firstOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}
