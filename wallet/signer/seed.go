package signer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"portcullis/internal/secret"
	"portcullis/journal"
	"portcullis/wallet/coin"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// The file of a seed: what is below, in the clear or as an armoured age file that a passphrase opens (scrypt), so that it can be
// printed, and opened with any program that knows age.
//
//	portcullis seed 1
//	network litecoin
//	seed 5f…
const (
	seedHead    = "portcullis seed "
	seedVersion = 1
	maxSeedFile = 16 << 10 // bytes
	// MinPassphrase is the least that a passphrase must have, in bytes.
	MinPassphrase = 12
)

// work is what a guess of a passphrase costs: scrypt with N = 2^work, about a second and 256 MB. Tests take less.
var work = 18

// ErrPassphrase: the passphrase does not open the seed.
var ErrPassphrase = errors.New("the passphrase does not open the seed")

// SeedFile is what a seed's file holds.
type SeedFile struct {
	Seed    *coin.Seed
	Network *coin.Network // that it was made for, and usually signs for
	Sealed  bool          // by a passphrase
}

// MakeSeed makes a new seed and its file; see Write.
func MakeSeed(path string, n *coin.Network, passphrase secret.Bytes) (SeedFile, error) {
	return SeedFile{Seed: coin.NewSeed(), Network: n}.Write(path, passphrase)
}

// Write writes a seed into a new file, which nobody but its owner may read, and is what that holds. Without a passphrase it is in the
// clear, which is refused where coins are worth something.
func (s SeedFile) Write(path string, passphrase secret.Bytes) (SeedFile, error) {
	s.Sealed = !passphrase.IsZero()
	if !s.Sealed && !s.Network.Test() {
		return s, fmt.Errorf("coins of %s are worth something: a seed for them is sealed by a passphrase", s.Network.Name)
	}
	text := fmt.Appendf(nil, "%s%d\nnetwork %s\nseed %s\n", seedHead, seedVersion, s.Network.Name, s.Seed.Reveal())
	defer clear(text)
	file := text
	if s.Sealed {
		if n := len(passphrase.Reveal()); n < MinPassphrase {
			return s, fmt.Errorf("a passphrase of %d letters can be guessed: take at least %d, better six words by chance", n, MinPassphrase)
		}
		var err error
		if file, err = lockUp(text, passphrase); err != nil {
			return s, fmt.Errorf("sealing the seed: %w", err)
		}
	}
	return s, writeSeed(path, file)
}

func lockUp(text []byte, passphrase secret.Bytes) ([]byte, error) {
	to, err := age.NewScryptRecipient(string(passphrase.Reveal()))
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(work)
	var out bytes.Buffer
	a := armor.NewWriter(&out)
	w, err := age.Encrypt(a, to)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(text)
	err = errors.Join(err, w.Close(), a.Close()) // before the bytes are all there
	return out.Bytes(), err
}

// writeSeed writes a file that is there whole or not at all.
func writeSeed(path string, text []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".seed-*") // mode 0600
	if err != nil {
		return fmt.Errorf("the seed %s cannot be written: %w", path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path) // unlike a rename it replaces nothing
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already, and a seed never replaces anything: name another file", path)
	case err != nil:
		return fmt.Errorf("the seed %s cannot be written: %w", path, err)
	}
	return journal.Disk.SyncDir(dir)
}

// OpenSeed reads a seed's file. It asks for the passphrase where one is needed.
func OpenSeed(path string, passphrase func() (secret.Bytes, error)) (s SeedFile, err error) {
	text, err := readSeed(path)
	if err != nil {
		return s, err
	}
	if s.Sealed = bytes.HasPrefix(text, []byte(armor.Header)); s.Sealed {
		p, err := passphrase()
		if err == nil {
			text, err = unlock(text, p)
		}
		if err != nil {
			return s, fmt.Errorf("the seed %s: %w", path, err)
		}
	}
	defer clear(text)
	if s.Seed, s.Network, err = parseSeed(string(text)); err != nil {
		return s, fmt.Errorf("the seed %s: %w", path, err)
	}
	return s, nil
}

// readSeed reads a file that nobody but its owner may read.
func readSeed(path string) ([]byte, error) {
	f, err := os.Open(path) // #nosec G304 -- a file that the operator named
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no seed %s: make one with portcullis signer init", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the seed: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("the seed: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read the seed %s (mode %#o): run chmod 600 on it, and take it for known if others are on this machine", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSeedFile+1))
	if err == nil && len(text) > maxSeedFile {
		err = errors.New("too long for a seed")
	}
	if err != nil {
		return nil, fmt.Errorf("the seed %s: %w", path, err)
	}
	return text, nil
}

func unlock(text []byte, p secret.Bytes) ([]byte, error) {
	id, err := age.NewScryptIdentity(string(p.Reveal()))
	if err != nil {
		return nil, ErrPassphrase
	}
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(text)), id)
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("it is damaged, or no passphrase opens it: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxSeedFile))
	if err != nil {
		return nil, fmt.Errorf("it is damaged: %w", err)
	}
	return plain, nil
}

// parseSeed reads what MakeSeed writes. Errors do not repeat it.
func parseSeed(text string) (s *coin.Seed, n *coin.Network, err error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	next := func(name string) string {
		if !lines.Scan() {
			return ""
		}
		rest, ok := strings.CutPrefix(lines.Text(), name)
		if !ok { // what else stands there may be the seed
			return ""
		}
		return rest
	}
	switch v, err := strconv.Atoi(next(seedHead)); {
	case err != nil || v < 1:
		return nil, nil, errors.New("this is no file of a seed: it has another first line")
	case v > seedVersion:
		return nil, nil, fmt.Errorf("a newer version of the program wrote it (version %d; this one knows %d)", v, seedVersion)
	}
	if n, err = coin.NetworkNamed(next("network ")); err != nil {
		return nil, nil, err
	}
	if s, err = coin.ParseSeed(next("seed ")); err != nil {
		return nil, nil, err
	}
	if next("") != "" {
		return nil, nil, errors.New("something follows the seed")
	}
	return s, n, nil
}

// Chain is what a venue's chain terms need to know of a seed: nothing of it is secret, though who has the account's key knows all
// deposit addresses.
type Chain struct {
	Network string `json:"network"`
	Genesis string `json:"genesis"` // hash of the chain's first block
	Account string `json:"account"` // extended public key, m/84'/coin'/0'
	Hot     string `json:"hot"`     // address of change and top-ups
}

// ChainOf is that for a network.
func ChainOf(seed *coin.Seed, n *coin.Network) (Chain, error) {
	keys, err := seed.Account(n)
	if err != nil {
		return Chain{}, err
	}
	hot, _, err := keys.Public().Address(true, 0)
	return Chain{Network: n.Name, Genesis: n.Genesis().String(), Account: keys.Public().String(), Hot: hot}, err
}
