package hosting

import (
	"bufio"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hosting.txt")
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestHas(t *testing.T) {
	l, err := Open(file(t, "# ours\n203.0.113.0/24 # a shop\n\n  198.51.100.7\n2001:db8::/32\n"))
	if err != nil || l.Len() != 3 {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"203.0.113.9": true, "::ffff:203.0.113.9": true, "203.0.112.9": false, "198.51.100.7": true, "198.51.100.8": false,
		"2001:db8:1::1": true, "2001:db8:1::1%eth0": true, "2001:db9::1": false,
	} {
		if got := l.Has(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if l.Has(netip.Addr{}) {
		t.Error("no address is hosted")
	}
	if n := testing.AllocsPerRun(100, func() { l.Has(netip.MustParseAddr("203.0.113.9")) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestFaultyFile: each fault is told with its line, and the list that was there stays.
func TestFaultyFile(t *testing.T) {
	path := file(t, "203.0.113.0/24\n")
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"203.0.113.0/24\n# x\n198.51.100.7/24\n": "line 3: ",
		"0.0.0.0/0\n":                            "line 1: ",
		"198.51.100.0/24\n\nhost.example\n":      "line 3: ",
		"198.51.100.0/24 198.51.101.0/24\n":      "line 1: ",
		"":                                       "no network in it",
		"# nothing\n":                            "no network in it",
		"198.51.100.0/24\n" + strings.Repeat("x", 200):                                   "line 2: 200 bytes are no network",
		"198.51.100.0/24\n" + strings.Repeat("#", 1<<11):                                 "line 2: longer than 1024 bytes",
		"198.51.100.0/24\n\x00\xff\n":                                                    "line 2: ",
		"198.51.100.0/24\n198.51.100.0/33\n":                                             "line 2: ",
		strings.Repeat("#"+strings.Repeat("x", 1000)+"\n", 70_000) + "198.51.100.0/24\n": "longer than 64 MB",
	} {
		write(t, path, text)
		err := l.Reload()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, not %q", text, err, want)
		}
		if !l.Has(netip.MustParseAddr("203.0.113.9")) || l.Len() != 1 {
			t.Fatalf("after %.40q the list is gone", text)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("no file: %v", err)
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is no file") {
		t.Errorf("a folder: %v", err)
	}
}

// TestLook: a file is read again when it changed, and only then; that it is gone, or faulty, is told once.
func TestLook(t *testing.T) {
	path := file(t, "203.0.113.0/24\n")
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	look := func(wantChange, wantErr bool) {
		t.Helper()
		if changed, err := l.Look(); changed != wantChange || err != nil != wantErr {
			t.Errorf("changed %t, %v", changed, err)
		}
	}
	look(false, false)
	write(t, path, "198.51.100.0/24\n")
	then := time.Unix(1_000_000_000, 0)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
	look(true, false)
	look(false, false)
	if l.Has(netip.MustParseAddr("203.0.113.9")) || !l.Has(netip.MustParseAddr("198.51.100.9")) {
		t.Error("the list is not that of the file")
	}
	write(t, path, "no network\n")
	look(true, true)
	look(false, false)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	look(false, true)
	look(false, false)
	write(t, path, "192.0.2.0/24\n")
	look(true, false)
	if !l.Has(netip.MustParseAddr("192.0.2.9")) {
		t.Error("a file that is there again is not read")
	}
}

// TestReal reads a list of tens of thousands of networks as people keep it.
func TestReal(t *testing.T) {
	dir := os.Getenv("PORTCULLIS_DATA")
	path := filepath.Join(dir, "net", "hosting-ipv4.txt")
	if dir == "" {
		t.Skip("no list of hosting networks: set PORTCULLIS_DATA to the folder that has net/hosting-ipv4.txt")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("no list of hosting networks (%v): PORTCULLIS_DATA is to be the folder that has net/hosting-ipv4.txt", err)
	}
	defer f.Close()
	l, err := Open(path)
	if err != nil || l.Len() < 10_000 {
		t.Fatal(err)
	}
	lines := 0
	for s := bufio.NewScanner(f); s.Scan(); lines++ {
		p := netip.MustParsePrefix(s.Text())
		if !l.Has(p.Addr()) {
			t.Errorf("%v is not found", p)
		}
	}
	if lines < l.Len() || l.Has(netip.MustParseAddr("10.0.0.1")) || l.Has(netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("%d networks of %d lines", l.Len(), lines)
	}
}

func BenchmarkHas(b *testing.B) {
	dir := os.Getenv("PORTCULLIS_DATA")
	l, err := Open(filepath.Join(dir, "net", "hosting-ipv4.txt"))
	if err != nil {
		b.Skip("set PORTCULLIS_DATA to the folder that has net/hosting-ipv4.txt")
	}
	for i := range b.N {
		l.Has(netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1}))
	}
}
