package seal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"portcullis/internal/secret"
)

// EnvVar is the environment variable that holds the master key, as 64 hexadecimal digits, where there is no file. After a
// rotation it holds several, the newest first, with commas between them.
const EnvVar = "PORTCULLIS_MASTER_KEY"

// The file of master keys. Version 1 is one key as 64 hexadecimal digits and nothing else; since version 2 it begins with
// fileMagic and the version, and a line for each key follows, the newest first.
const (
	fileMagic   = "portcullis master keys "
	fileVersion = 2
)

var (
	// ErrNewer: the file was written by a newer version of the program.
	ErrNewer = errors.New("seal: the master keys were written by a newer version of the program")
	// ErrFixed: the keys came from the environment, which cannot be written to.
	ErrFixed = errors.New("seal: the master key comes from " + EnvVar + ", so it is changed there: put a new one in front of it, with a comma " +
		"between, start the venue anew, and have the secrets sealed anew")
	// ErrInUse: the key is the newest one, under which secrets are sealed.
	ErrInUse = errors.New("seal: secrets are sealed under this master key; only an older one can be forgotten")
)

// Keys are the master keys of a venue. It seals under the newest, and opens what was sealed under any of them. Its methods may
// be called from any goroutine.
type Keys struct {
	path string                    // of the file; empty where they came from the environment
	list atomic.Pointer[[]*master] // the newest first, never empty

	changing sync.Mutex // held while the file is written
}

func newKeys(path string, list []*master) *Keys {
	k := &Keys{path: path}
	k.list.Store(&list)
	return k
}

// FromEnv takes the keys in EnvVar, and takes that out of the environment; nil when it is not set.
func FromEnv() (*Keys, error) {
	text, ok := os.LookupEnv(EnvVar)
	if !ok {
		return nil, nil
	}
	os.Unsetenv(EnvVar)
	list, err := parseKeys(strings.Split(text, ","), EnvVar)
	if err != nil {
		return nil, err
	}
	return newKeys("", list), nil
}

// FromFile takes the keys in the file. Where there is none yet a new key is made, readable by its owner only.
func FromFile(path string) (*Keys, error) {
	text, err := os.ReadFile(path) // #nosec G304 -- a file that the operator named
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("seal: master key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("seal: others may read the master key %s (mode %#o): run chmod 600 on it", path, info.Mode().Perm())
	}
	list, err := parse(string(text), path)
	if err != nil {
		return nil, err
	}
	return newKeys(path, list), nil
}

// lines are the keys in a file's text, still as text.
func lines(text, where string) ([]string, error) {
	head, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	number, ok := strings.CutPrefix(head, fileMagic)
	if !ok {
		return []string{text}, nil // version 1
	}
	n, err := strconv.Atoi(number)
	switch {
	case err == nil && n > fileVersion:
		return nil, fmt.Errorf("%w: %s has version %d, and this program knows up to %d", ErrNewer, where, n, fileVersion)
	case err != nil || n != fileVersion:
		return nil, fmt.Errorf("seal: %s begins as a file of master keys and has no version", where)
	}
	return strings.Split(rest, "\n"), nil
}

func parse(text, where string) ([]*master, error) {
	list, err := lines(text, where)
	if err != nil {
		return nil, err
	}
	return parseKeys(list, where)
}

func parseKeys(list []string, where string) (keys []*master, err error) {
	for _, line := range list {
		key, err := hex.DecodeString(strings.TrimSpace(line))
		if err != nil || len(key) != keyBytes {
			return nil, fmt.Errorf("seal: %s does not hold a master key: %d hexadecimal digits are expected", where, 2*keyBytes)
		}
		m, err := newMaster(secret.New(key))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(keys, func(other *master) bool { return other.id == m.id }) {
			return nil, fmt.Errorf("seal: %s holds the master key %s twice", where, m.id)
		}
		keys = append(keys, m)
	}
	return keys, nil
}

// fresh is a new key as text.
func fresh() string {
	key := make([]byte, keyBytes)
	rand.Read(key)
	return hex.EncodeToString(key)
}

// create makes the file of a first key.
func create(path string) (*Keys, error) {
	list := []string{fresh()}
	// Unlike a rename, a link never replaces a key that is there.
	if err := write(path, list, os.Link); err != nil {
		return nil, err
	}
	keys, err := parseKeys(list, path)
	if err != nil {
		return nil, err
	}
	return newKeys(path, keys), nil
}

// write writes the file so that a crash leaves the whole of it, or what was there before.
func write(path string, list []string, name func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // mode 0600
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("seal: there is no folder %s for the master key %s: make it, or name another file with --master-key", filepath.Dir(path), filepath.Base(path))
	}
	if err != nil {
		return fmt.Errorf("seal: master key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintf(f, "%s%d\n%s\n", fileMagic, fileVersion, strings.Join(list, "\n"))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = name(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("seal: master key: %w", err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("seal: master key: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Seal implements KEK, under the newest key.
func (k *Keys) Seal(plain secret.Bytes, context []byte) ([]byte, error) {
	return (*k.list.Load())[0].Seal(plain, context)
}

// Open implements KEK, under whichever key it was.
func (k *Keys) Open(sealed, context []byte) (secret.Bytes, error) {
	id, ok := Under(sealed)
	if !ok {
		return secret.Bytes{}, ErrSealed
	}
	for _, m := range *k.list.Load() {
		if m.id == id {
			return m.Open(sealed, context)
		}
	}
	return secret.Bytes{}, ErrKey
}

// IDs name the keys, the newest first.
func (k *Keys) IDs() (all []ID) {
	for _, m := range *k.list.Load() {
		all = append(all, m.id)
	}
	return all
}

// Rotate makes a new key, under which everything is sealed from now on. The ones before stay in the file behind it, since
// what was sealed under them is to be opened still. When it returns the file is durable.
func (k *Keys) Rotate() error {
	return k.change(func(list []string) ([]string, error) { return append([]string{fresh()}, list...), nil })
}

// Forget takes a key that is not the newest out of the file. What was sealed under it cannot be opened any more.
func (k *Keys) Forget(id ID) error {
	return k.change(func(list []string) ([]string, error) {
		ids := k.IDs()
		switch i := slices.Index(ids, id); {
		case i == 0:
			return nil, ErrInUse
		case i < 0 || len(ids) != len(list):
			return nil, fmt.Errorf("seal: there is no master key %s in %s", id, k.path)
		default:
			return slices.Delete(list, i, i+1), nil
		}
	})
}

// change writes the file anew, and then goes by it.
func (k *Keys) change(how func([]string) ([]string, error)) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	if k.path == "" {
		return ErrFixed
	}
	text, err := os.ReadFile(k.path)
	if err != nil {
		return fmt.Errorf("seal: master key: %w", err)
	}
	list, err := lines(string(text), k.path)
	if err == nil {
		list[0] = strings.TrimSpace(list[0])
		list, err = how(list)
	}
	if err != nil {
		return err
	}
	keys, err := parseKeys(list, k.path)
	if err == nil {
		err = write(k.path, list, os.Rename)
	}
	if err == nil {
		k.list.Store(&keys)
	}
	return err
}
