package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/internal/secret"
)

func kek(t testing.TB, fill byte) KEK {
	t.Helper()
	k, err := New(secret.New(bytes.Repeat([]byte{fill}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealOpen(t *testing.T) {
	k := kek(t, 1)
	sealed, err := k.Seal(secret.New([]byte("s3cret")), []byte("key 1"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("s3cret")) {
		t.Fatal("not sealed")
	}
	again, _ := k.Seal(secret.New([]byte("s3cret")), []byte("key 1"))
	if bytes.Equal(sealed, again) {
		t.Error("two seals are the same")
	}
	plain, err := k.Open(sealed, []byte("key 1"))
	if err != nil || string(plain.Reveal()) != "s3cret" {
		t.Fatalf("opened %q, %v", plain.Reveal(), err)
	}
	if _, err := k.Open(sealed, []byte("key 2")); !errors.Is(err, ErrSealed) {
		t.Errorf("another context: %v", err)
	}
	if _, err := kek(t, 2).Open(sealed, []byte("key 1")); !errors.Is(err, ErrKey) {
		t.Errorf("another master key: %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := k.Open(bad, []byte("key 1")); err == nil {
			t.Errorf("byte %d may be changed", i)
		}
		if _, err := k.Open(sealed[:i], []byte("key 1")); err == nil {
			t.Errorf("may be cut to %d", i)
		}
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	k, err := FromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed, _ := k.Seal(secret.New([]byte("x")), nil)
	k, err = FromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(sealed, nil); err != nil {
		t.Errorf("the second start has another key: %v", err)
	}
	if _, err := create(path); err == nil {
		t.Error("a master key was overwritten")
	}
	os.Chmod(path, 0o644)
	if _, err := FromFile(path); err == nil {
		t.Error("a master key that others can read was taken")
	}
	os.Chmod(path, 0o600)
	os.WriteFile(path, []byte("zz\n"), 0o600)
	if _, err := FromFile(path); err == nil {
		t.Error("a malformed master key was taken")
	}
}

func TestEnv(t *testing.T) {
	if k, err := FromEnv(); k != nil || err != nil {
		t.Fatalf("no variable: %v, %v", k, err)
	}
	t.Setenv(EnvVar, "0101010101010101010101010101010101010101010101010101010101010101")
	k, err := FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	sealed, _ := kek(t, 1).Seal(secret.New([]byte("x")), nil)
	if _, err := k.Open(sealed, nil); err != nil {
		t.Error(err)
	}
	if _, still := os.LookupEnv(EnvVar); still {
		t.Error("the master key stays in the environment")
	}
	t.Setenv(EnvVar, "short")
	if _, err := FromEnv(); err == nil {
		t.Error("a short key was taken")
	}
}

// FuzzOpen: whatever the bytes, Open gives an error or what was sealed, and never panics.
func FuzzOpen(f *testing.F) {
	k := kek(f, 1)
	seed, err := k.Seal(secret.New([]byte("seed")), []byte("c"))
	if err != nil || len(seed) == 0 {
		f.Fatal("no seed", err)
	}
	f.Add(seed)
	f.Add(seed[:overhead])
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := k.Open(b, []byte("c")); err == nil && string(p.Reveal()) != "seed" {
			t.Fatalf("opened %x from %x", p.Reveal(), b)
		}
	})
}

// FuzzMasterKey: a master key has one length, in hexadecimal, and no error repeats it.
func FuzzMasterKey(f *testing.F) {
	for _, s := range []string{strings.Repeat("0f", keyBytes), strings.Repeat("0F", keyBytes) + "\n", fileMagic + "2\n" + strings.Repeat("0f", keyBytes) + "\n" + strings.Repeat("0a", keyBytes), fileMagic + "3\n", "", "xyz", strings.Repeat("0", 2*keyBytes-1), strings.Repeat("é", keyBytes)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := parse(text, "the test")
		if (k == nil) == (err == nil) || err == nil && len(k) == 1 && len(strings.TrimSpace(text)) < 2*keyBytes {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil && len(text) > 8 && strings.Contains(err.Error(), text) {
			t.Fatalf("the error repeats the key: %v", err)
		}
	})
}
