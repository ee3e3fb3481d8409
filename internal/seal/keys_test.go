package seal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/internal/secret"
)

// TestRotate: after a rotation what was sealed before still opens, and what is sealed from now on needs the new key. Both are
// so after a restart too, until the old one is forgotten.
func TestRotate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	// A file of version 1, as the first release wrote it.
	if err := os.WriteFile(path, []byte(strings.Repeat("01", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := FromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := k.IDs()[0]
	old, err := k.Seal(secret.New([]byte("x")), []byte("c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Forget(before); !errors.Is(err, ErrInUse) {
		t.Errorf("the only key: %v", err)
	}
	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	fresh, err := k.Seal(secret.New([]byte("x")), []byte("c"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := FromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Keys{k, again} {
		ids := k.IDs()
		under, ok := Under(fresh)
		if len(ids) != 2 || ids[1] != before || !ok || under != ids[0] {
			t.Fatalf("keys %v, sealed under %v", ids, under)
		}
		for _, sealed := range [][]byte{old, fresh} {
			if p, err := k.Open(sealed, []byte("c")); err != nil || string(p.Reveal()) != "x" {
				t.Errorf("%v", err)
			}
		}
	}
	if _, err := kek(t, 1).Open(fresh, []byte("c")); !errors.Is(err, ErrKey) {
		t.Errorf("the old key opens what is new: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	if err := again.Forget(ID{1}); err == nil {
		t.Error("a key that is not there was forgotten")
	}
	if err := again.Forget(before); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Keys{again, must(FromFile(path))} {
		if _, err := k.Open(old, []byte("c")); !errors.Is(err, ErrKey) || len(k.IDs()) != 1 {
			t.Errorf("forgotten, and yet: %v", err)
		}
	}
}

func must(k *Keys, err error) *Keys {
	if err != nil {
		panic(err)
	}
	return k
}

func TestKeysRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	one := strings.Repeat("01", 32)
	for text, want := range map[string]string{
		fileMagic + "3\n" + one:              "knows up to 2",
		fileMagic + "x\n" + one:              "no version",
		fileMagic + "2\n":                    "64 hexadecimal digits",
		fileMagic + "2\n" + one + "\n" + one: "twice",
		one + "\n" + one:                     "64 hexadecimal digits",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := FromFile(path); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), one) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestKeysInEnv: several keys in the environment are taken, and not changed.
func TestKeysInEnv(t *testing.T) {
	t.Setenv(EnvVar, strings.Repeat("02", 32)+","+strings.Repeat("01", 32))
	k, err := FromEnv()
	if err != nil || len(k.IDs()) != 2 {
		t.Fatal(k, err)
	}
	sealed, _ := kek(t, 1).Seal(secret.New([]byte("x")), nil)
	if _, err := k.Open(sealed, nil); err != nil {
		t.Error(err)
	}
	if err := k.Rotate(); !errors.Is(err, ErrFixed) {
		t.Errorf("rotated: %v", err)
	}
}
