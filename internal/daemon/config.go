package daemon

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"

	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/seal"
	"portcullis/journal"
	"portcullis/venue"
)

// Config is what a venue is started with. Dir, Listen and Log are required.
type Config struct {
	Dir       string         // the data directory, made if need be
	Listen    string         // address of the API; port 0 takes a free one
	TLSCert   string         // file of the certificate in PEM, with TLSKey; both empty: plain HTTP
	TLSKey    string         // file of its private key in PEM
	Proxies   []netip.Prefix // of which a forwarded address is believed
	MasterKey string         // file of the master key; empty: the environment, or else master.key in Dir
	Limits    venue.Limits   // of addresses and accounts; zero fields are the dialect's own
	Keep      Keep           // how much of the journal stays; zero: all
	Self      string         // the program's own file, to make snapshots in a process of their own; empty: in this one
	Demo      bool           // a demo market, where the directory is new or was begun so
	Version   string
	Log       *slog.Logger
	Clock     clock.Clock // nil: the machine's

	segment int64 // bytes of the journal's segments; 0: its default. Tests take less
}

// The names in a data directory.
const (
	journalDir  = "journal"
	snapshotDir = "snapshots"
	archiveFile = "archive.sqlite"
	masterFile  = "master.key"
	socketFile  = "operator.sock"
	demoFile    = "demo-credentials.json"
)

// JournalDir is where the journal of a data directory is.
func JournalDir(dir string) string { return filepath.Join(dir, journalDir) }

// Snapshots are those of a data directory.
func Snapshots(dir string) engine.Snapshots {
	return engine.Snapshots{FS: journal.Disk, Dir: filepath.Join(dir, snapshotDir)}
}

// Socket is where the operator's socket of a data directory is.
func Socket(dir string) string { return filepath.Join(dir, socketFile) }

// makeDir makes the data directory, and makes sure that it can be written to.
func makeDir(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(dir, ".probe-*"); err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the data directory %s cannot be written to by user %d: make it that user's, or name another with --data (%w)", dir, os.Geteuid(), err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fmt.Errorf("the data directory %s is a file, or lies in one: name another with --data (%w)", dir, err)
	case err != nil:
		return fmt.Errorf("the data directory %s cannot be used: make room or name another with --data (%w)", dir, err)
	}
	return nil
}

// certificate reads the certificate, nil where there is none.
func (c *Config) certificate() (*tls.Config, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		return nil, nil
	}
	if c.TLSCert == "" || c.TLSKey == "" {
		return nil, errors.New("TLS needs both a certificate and its key: name both files, or neither")
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("the TLS certificate %s with the key %s cannot be used: %w", c.TLSCert, c.TLSKey, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}, nil
}

// masterKey finds the master key. A new one is made only where nothing was sealed under another before.
func (c *Config) masterKey(sealed bool) (seal.KEK, error) {
	path := c.MasterKey
	if path == "" {
		kek, err := seal.FromEnv()
		if kek != nil || err != nil {
			return kek, err
		}
		path = filepath.Join(c.Dir, masterFile)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && sealed {
		return nil, fmt.Errorf("the master key %s is not there, and this data directory holds HMAC secrets that only it opens: "+
			"put the key back, or name its file with --master-key, or set %s", path, seal.EnvVar)
	}
	return seal.FromFile(path)
}
