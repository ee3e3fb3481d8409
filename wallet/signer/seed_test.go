package signer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portcullis/internal/secret"
	"portcullis/wallet/coin"
)

func network(t *testing.T, name string) *coin.Network {
	t.Helper()
	n, err := coin.NetworkNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func word(text string) secret.Bytes { return secret.New([]byte(text)) }

// told is a passphrase that is asked for.
func told(text string) func() (secret.Bytes, error) {
	return func() (secret.Bytes, error) { return word(text), nil }
}

func unasked() (secret.Bytes, error) { return secret.Bytes{}, errors.New("nobody is there to ask") }

// TestSeedFile: a seed comes back as it was made, by its passphrase and no other, and no file has it in the clear that was not to.
func TestSeedFile(t *testing.T) {
	lite := network(t, "litecoin")
	path := filepath.Join(t.TempDir(), "seed")
	made, err := MakeSeed(path, lite, word("correct horse battery"))
	if err != nil || !made.Sealed {
		t.Fatal(made, err)
	}
	got, err := OpenSeed(path, told("correct horse battery"))
	if err != nil || got.Seed.Reveal() != made.Seed.Reveal() || got.Network != lite || !got.Sealed {
		t.Fatalf("%v %v, %v", got.Network, got.Sealed, err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), made.Seed.Reveal()) || !strings.HasPrefix(string(text), "-----BEGIN AGE ENCRYPTED FILE-----") {
		t.Errorf("%s, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, wrong := range []string{"correct horse batterz", "", "correct horse battery "} {
		if _, err := OpenSeed(path, told(wrong)); !errors.Is(err, ErrPassphrase) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := OpenSeed(path, unasked); err == nil || !strings.Contains(err.Error(), "nobody is there") {
		t.Error(err)
	}
	if _, err := MakeSeed(path, lite, word("correct horse battery")); err == nil || !strings.Contains(err.Error(), "never replaces anything") {
		t.Errorf("over another seed: %v", err)
	}
	if _, err := MakeSeed(path+"2", lite, secret.Bytes{}); err == nil || !strings.Contains(err.Error(), "is sealed by a passphrase") {
		t.Errorf("in the clear: %v", err)
	}
	if got, err := OpenSeed(path, told("correct horse battery")); err != nil || got.Seed.Reveal() != made.Seed.Reveal() {
		t.Error("the first seed is gone", err)
	}
}

// TestSeedInTheClear: one for tests needs no passphrase, and is no other's.
func TestSeedInTheClear(t *testing.T) {
	dir := t.TempDir()
	n := network(t, "litecoin-regtest")
	one, err := MakeSeed(filepath.Join(dir, "one"), n, secret.Bytes{})
	if err != nil || one.Sealed {
		t.Fatal(err)
	}
	two, err := MakeSeed(filepath.Join(dir, "two"), n, secret.Bytes{})
	if err != nil || one.Seed.Reveal() == two.Seed.Reveal() {
		t.Error("two seeds are the same", err)
	}
	got, err := OpenSeed(filepath.Join(dir, "one"), unasked)
	if err != nil || got.Seed.Reveal() != one.Seed.Reveal() || got.Network != n || got.Sealed {
		t.Error(got.Network, err)
	}
	if text := fmt.Sprintf("%v %+v %#v", got, got, got); strings.Contains(text, got.Seed.Reveal()) {
		t.Error(text)
	}
	ch, err := ChainOf(got.Seed, n)
	keys, _ := got.Seed.Account(n)
	hot, _, _ := keys.Public().Address(true, 0)
	if err != nil || ch != (Chain{"litecoin-regtest", n.Genesis().String(), keys.Public().String(), hot}) || !strings.HasPrefix(ch.Account, "tpub") {
		t.Error(ch, err)
	}
}

// TestSeedRefused: what is no seed is not taken for one, and no error repeats what may be one.
func TestSeedRefused(t *testing.T) {
	const hex = "5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f"
	n := network(t, "litecoin")
	dir := t.TempDir()
	good := "portcullis seed 1\nnetwork litecoin\nseed " + hex + "\n"
	sealed := filepath.Join(dir, "sealed")
	if _, err := MakeSeed(sealed, n, word("correct horse battery")); err != nil {
		t.Fatal(err)
	}
	armored, err := os.ReadFile(sealed)
	if err != nil {
		t.Fatal(err)
	}
	cut := string(armored[:len(armored)-60])
	damaged := []byte(string(armored))
	damaged[len(damaged)-50] ^= 1
	for i, c := range []struct{ text, says string }{
		{"", "another first line"},
		{hex, "another first line"},
		{strings.Replace(good, "seed 1", "seed 2", 1), "a newer version"},
		{strings.Replace(good, "seed 1", "seed 0", 1), "another first line"},
		{strings.Replace(good, "network litecoin\n", "", 1), `no network is called ""`},
		{strings.Replace(good, "litecoin", "dogecoin", 1), `no network is called "dogecoin"`},
		{strings.Replace(good, hex, hex[2:], 1), "a seed has 64 to 128"},
		{strings.Replace(good, "5f", "5g", 1), "hexadecimal digits and nothing else"},
		{good + "more\n", "something follows"},
		{good + strings.Repeat(" ", maxSeedFile), "too long"},
		{cut, "damaged"},
		{string(damaged), "damaged"},
		{"-----BEGIN AGE ENCRYPTED FILE-----\n", "damaged"},
	} {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := OpenSeed(path, told("correct horse battery"))
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "5f5f") {
			t.Errorf("%.40q: %v; want %q", c.text, err, c.says)
		}
	}
	open := filepath.Join(dir, "open")
	if err := errors.Join(os.WriteFile(open, []byte(good), 0o600), os.Chmod(open, 0o640)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSeed(open, unasked); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Error(err)
	}
	if _, err := OpenSeed(filepath.Join(dir, "none"), unasked); err == nil || !strings.Contains(err.Error(), "signer init") {
		t.Error(err)
	}
	if _, err := MakeSeed(filepath.Join(dir, "short"), n, word("too short")); err == nil || !strings.Contains(err.Error(), "can be guessed") {
		t.Error(err)
	}
	if _, err := MakeSeed(filepath.Join(dir, "none", "seed"), n, word("correct horse battery")); err == nil || strings.Contains(err.Error(), "sealed") {
		t.Error("a folder that is not there")
	}
	if found, _ := filepath.Glob(filepath.Join(dir, ".seed-*")); len(found) > 0 {
		t.Errorf("left behind: %v", found)
	}
}
