package daemon

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"

	"portcullis/engine"
	"portcullis/identity/notice"
	"portcullis/internal/clock"
	"portcullis/internal/local"
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
	Webhook   string         // where notices are posted to; empty: nowhere
	HookKey   string         // file of the secret that they are signed with; both or neither
	Hosting   string         // file of the networks of hosting companies; empty: none is known
	Reference []string       // files and addresses of outside references, in the order of their precedence
	Operators []uint32       // users who may give the operator's commands, beside the venue's own and root
	Socket    string         // file of the socket at which they reach the venue; both or neither
	Wallet    string         // file of how the venue reaches its chains; empty: nothing moves on any
	Keep      Keep           // how much of the journal stays; zero: all
	Self      string         // the program's own file, to make snapshots in a process of their own; empty: in this one
	Demo      bool           // a demo market, where the directory is new or was begun so
	Version   string
	Log       *slog.Logger
	Clock     clock.Clock // nil: the machine's

	segment int64 // bytes of the journal's segments; 0: its default. Tests take less
	bare    bool  // rules are not brought where there are none: tests hold every record against what was written
}

// The names in a data directory.
const (
	journalDir  = "journal"
	snapshotDir = "snapshots"
	archiveFile = "archive.sqlite"
	masterFile  = "master.key"
	socketFile  = "operator.sock"
	giftFile    = "gift.key"
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
	if err == nil {
		err = onlyOurs(dir)
	}
	switch {
	case errors.Is(err, errOpen):
		return err
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the data directory %s cannot be written to by user %d: make it that user's, or name another with --data (%w)", dir, os.Geteuid(), err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fmt.Errorf("the data directory %s is a file, or lies in one: name another with --data (%w)", dir, err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("there is no room for the data directory %s: make some, or name another with --data (%w)", dir, err)
	case err != nil:
		return fmt.Errorf("the data directory %s cannot be made there: name another with --data (%w)", dir, err)
	}
	return nil
}

// errOpen: others may write into the data directory.
var errOpen = errors.New("others than its owner can write into the data directory")

// onlyOurs refuses a directory into which others may write: whoever can put files there can put a journal there.
func onlyOurs(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%w %s (mode %04o): run chmod 700 on it, and look at what is in it", errOpen, dir, info.Mode().Perm())
	}
	return err
}

// Check finds what is wrong with a configuration without making anything: a certificate that cannot be used, an address that
// cannot be listened on.
func (c *Config) Check() error {
	if _, err := c.certificate(); err != nil {
		return err
	}
	if _, err := c.hook(); err != nil {
		return err
	}
	if _, err := c.references(); err != nil {
		return err
	}
	if err := c.others(); err != nil {
		return err
	}
	if c.Wallet != "" {
		if _, err := readWallet(c.Wallet); err != nil {
			return err
		}
	}
	l, err := c.listen()
	if err != nil {
		return err
	}
	return l.Close()
}

// others says whether what is said of other operators can be.
func (c *Config) others() error {
	if (len(c.Operators) == 0) != (c.Socket == "") {
		return errors.New("other operators need their user ids and a socket that they reach, since the data directory is closed to them: name both, --operators and --socket, or neither")
	}
	return local.CheckUsers(c.Operators)
}

// listen takes the API's address.
func (c *Config) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", c.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is in use, by a venue that runs already (see portcullis status) or by another program: stop that, or name another address with --listen (port 0 takes a free one)", c.Listen)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s: name a port above 1023 with --listen", c.Listen)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", c.Listen, err)
	}
	return l, nil
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

// hook is where notices are posted to, nil for nowhere.
func (c *Config) hook() (*notice.Hook, error) {
	if c.Webhook == "" && c.HookKey == "" {
		return nil, nil
	}
	if c.Webhook == "" || c.HookKey == "" {
		return nil, errors.New("a webhook needs an address and the file of a secret: name both, --webhook and --webhook-secret, or neither (portcullis webhook keygen makes a secret)")
	}
	key, err := notice.ReadSecret(c.HookKey)
	if err != nil {
		return nil, err
	}
	h, err := notice.NewHook(c.Webhook, key)
	return &h, err
}

// masterKey finds the master key. A new one is made only where nothing was sealed under another before.
func (c *Config) masterKey(sealed bool) (*seal.Keys, error) {
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
