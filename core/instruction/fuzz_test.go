package instruction

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
)

// recordSeeds are the committed records, and a record around each committed instruction and event.
func recordSeeds(t testing.TB) [][]byte {
	const (
		headEnd     = 1 + 8 + 67          // version, time, principal; the instruction's length follows
		verdictSize = 1 + 1 + 1 + (2 + 8) // with one reason
	)
	vectors := golden(t)
	matched := vectors["record matched"]
	n := int(matched[headEnd]) // short enough for one byte
	verdictAt := headEnd + 2 + n
	verdict := matched[verdictAt : verdictAt+verdictSize]
	var seeds [][]byte
	for name, b := range vectors {
		switch what, _, _ := strings.Cut(name, " "); what {
		case "record":
			seeds = append(seeds, b)
		case "instruction":
			seed := append(bytes.Clone(matched[:headEnd]), byte(len(b)), byte(len(b)>>8))
			seeds = append(seeds, append(append(seed, b...), verdict...))
		case "event":
			seeds = append(seeds, append(bytes.Clone(matched[:verdictAt+verdictSize]), b...))
		}
	}
	return seeds
}

// canonical reads b. When all of it reads, it must be what the values write: one meaning has one form, so that a digest
// over records speaks of what they mean. It says whether all of it read.
func canonical(t *testing.T, b []byte) bool {
	var rec Record
	if err := rec.Decode(7, b); err != nil {
		wantErrCodec(t, err)
		return false
	}
	in, err := rec.Instruction()
	if err != nil {
		wantErrCodec(t, err)
		return false
	}
	if in.Kind() != rec.Kind() {
		t.Fatalf("a %T in a record of kind %d", in, rec.Kind())
	}
	c := Writer(nil)
	AppendHead(&c, rec.Time, &rec.Principal, in)
	rec.Verdict.Fields(&c)
	var ev Events
	rec.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		AppendEvent(&c, e)
	}
	if err := ev.Err(); err != nil {
		wantErrCodec(t, err)
		return false
	}
	if c.Err() != nil {
		t.Fatalf("%x reads, and cannot be written: %v", b, c.Err())
	}
	if b[0] != Version { // an older layout is read for ever, and written as this one
		if !canonical(t, c.Bytes()) {
			t.Fatalf("an older record cannot be read once it is written anew:\nread    %x\nwritten %x", b, c.Bytes())
		}
		return true
	}
	if !bytes.Equal(c.Bytes(), b) {
		t.Fatalf("not the one form:\nread    %x\nwritten %x", b, c.Bytes())
	}
	return true
}

func wantErrCodec(t *testing.T, err error) {
	if !errors.Is(err, ErrCodec) {
		t.Fatalf("%v is not ErrCodec", err)
	}
}

// TestRecordSeeds: the fuzz target starts from every committed kind.
func TestRecordSeeds(t *testing.T) {
	seeds := recordSeeds(t)
	if want := len(valuesOf("Kind")) + len(valuesOf("EventKind")) + len(goldenRecords()); len(seeds) != want {
		t.Errorf("%d seeds, want %d", len(seeds), want)
	}
	for _, b := range seeds {
		if !canonical(t, b) {
			t.Errorf("a seed that does not read: %x", b)
		}
	}
}

// FuzzRecord: no bytes make the reader panic, and what reads has one form.
func FuzzRecord(f *testing.F) {
	seeds := recordSeeds(f)
	if len(seeds) < 30 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, b := range seeds {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { canonical(t, b) })
}

// FuzzClientID: an id is taken up, and read back, exactly where the plain description says so.
func FuzzClientID(f *testing.F) {
	seeds := []string{
		goldenPlace.ClientID.String(), goldenCancel.Client.String(), goldenCancel.ClientID.String(),
		"", "a", clientIDChars[:36], clientIDChars[31:], clientIDChars[:37], "a b", "a\n", "\x00", "ä", "a+b", "@[`{",
	}
	for _, s := range seeds {
		f.Add(s)
	}
	if len(seeds[0]) < 10 || len(seeds[1]) == 0 || len(seeds[2]) == 0 {
		f.Fatal("the golden samples have no client order ids")
	}
	described := regexp.MustCompile(`\A[a-zA-Z0-9.:/_-]{0,36}\z`)
	f.Fuzz(func(t *testing.T, s string) {
		want := described.MatchString(s)
		id, err := ClientIDOf(s)
		if (err == nil) != want || err != nil && (!errors.Is(err, ErrClientID) || id != ClientID{}) {
			t.Fatalf("%q: %q, %v", s, id, err)
		}
		if err == nil && (id.String() != s || string(id.Append([]byte("+"))) != "+"+s || id.IsZero() != (s == "")) {
			t.Fatalf("%q became %q", s, id)
		}
		if len(s) > 255 {
			return
		}
		back := ClientID{n: 3, b: [MaxClientID]byte{'o', 'l', 'd'}}
		c := Reader(append([]byte{byte(len(s))}, s...))
		c.ClientID(&back)
		if err := c.End(); (err == nil) != want || err != nil && !errors.Is(err, ErrCodec) {
			t.Fatalf("%q reads with %v", s, err)
		}
		if want && back != id {
			t.Fatalf("%q reads as %v, not %v", s, back, id)
		}
	})
}
