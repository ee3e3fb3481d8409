package regtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"portcullis/internal/secret"
	"portcullis/wallet/coin"
	"portcullis/wallet/node"
)

// ErrMissing is what Start fails with where there is no node to start.
var ErrMissing = errors.New("litecoind is not installed here (Debian package litecoind)")

// program is where Debian keeps the node itself. What it puts on the path only starts it, and would be what we end.
const program = "/usr/lib/litecoin/litecoind"

// Times that end in an error rather than in a test that hangs.
const (
	startLimit = 60 * time.Second
	stopLimit  = 30 * time.Second
	pollEvery  = 10 * time.Millisecond
)

// Options of a node; the zero value is good.
type Options struct {
	Dir  string   // that exists, for its files; empty for one of its own, in memory where there is room, that Close removes
	Args []string // more flags, which win over ours
}

// Node is a node that was started. Its methods may be called by several goroutines, but not while it is stopped or
// started again.
type Node struct {
	User, Password string // of its RPC; they stay the same over Restart

	program string
	dir     string
	own     bool // whether Close removes dir
	port    int
	args    []string
	client  *node.Client

	mu      sync.Mutex // of what follows
	process *os.Process
	ended   chan struct{} // closed when the process has
	says    *bytes.Buffer // what it printed; to be read after it ended
	strange int           // addresses of nobody's that were used
	faucet  bool          // whether the node's own wallet has coins
}

// Start starts a node on an empty chain, or on what Dir has, and waits until it answers.
func Start(ctx context.Context, o Options) (*Node, error) {
	path := program
	if _, err := os.Stat(path); err != nil {
		if path, err = exec.LookPath("litecoind"); err != nil {
			return nil, ErrMissing
		}
	}
	n := &Node{User: "regtest", Password: rand.Text(), program: path, dir: o.Dir, args: o.Args}
	if n.dir == "" {
		dir, err := tempDir()
		if err != nil {
			return nil, err
		}
		n.dir, n.own = dir, true
	}
	var err error
	for range 3 { // somebody else may take the port between our asking and the node's
		if n.port, err = freePort(); err != nil {
			break
		}
		if err = n.connect(); err != nil {
			break
		}
		if err = n.start(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *Node) connect() error {
	network, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		return err
	}
	n.client, err = node.New(network, node.Options{URL: n.URL(), User: n.User, Password: secret.New([]byte(n.Password))})
	return err
}

// URL is where its RPC is.
func (n *Node) URL() string { return "http://127.0.0.1:" + strconv.Itoa(n.port) + "/" }

// Client asks this node. It stays good over Restart.
func (n *Node) Client() *node.Client { return n.client }

// start starts the process and waits until it answers or ended.
func (n *Node) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := n.spawn(); err != nil {
		return fmt.Errorf("regtest: %w", err)
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := n.client.Call(ctx, "getblockchaininfo", nil)
		if err == nil {
			return nil
		}
		select {
		case <-n.ended:
			return fmt.Errorf("regtest: the node ended at once: %s", n.says)
		case <-ctx.Done():
			n.end()
			return fmt.Errorf("regtest: the node does not answer: %w", err)
		case <-tick.C:
		}
	}
}

// spawn starts the process on a thread that lives as long: the system ends a child with the thread that made it.
func (n *Node) spawn() error {
	says := &bytes.Buffer{}
	cmd := exec.Command(n.program, n.flags()...) // #nosec G204 -- the node that is installed, with flags of ours
	cmd.Stdout, cmd.Stderr = says, says
	diesWithUs(cmd)
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait() // why it ended is in what it printed
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.process, n.ended, n.says = cmd.Process, ended, says
	return nil
}

func (n *Node) flags() []string {
	return append([]string{"-regtest", "-datadir=" + n.dir, "-server=1", "-rpcuser=" + n.User, "-rpcpassword=" + n.Password,
		"-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", "-rpcport=" + strconv.Itoa(n.port), "-listen=0", "-listenonion=0", "-dnsseed=0",
		"-discover=0", "-upnp=0", "-connect=0", "-fallbackfee=0.0001", "-keypool=10", "-flushwallet=0", "-nodebuglogfile",
		"-printtoconsole=0", "-vbparams=mweb:-2:0", // else its blocks need coins in the extension from height 432 on
		"-mempoolreplacement=1", "-rpcworkqueue=256"}, n.args...)
}

// Stop has the node end by itself, and kills it if it does not. Its files stay.
func (n *Node) Stop() error {
	if !n.running() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	err := n.client.Call(ctx, "stop", nil)
	if err == nil {
		select {
		case <-n.ended:
			n.client.Close()
			return nil
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	n.Kill()
	return fmt.Errorf("regtest: killed, since it did not stop: %w", err)
}

// Kill ends the node as kill -9 does: its mempool is lost, but for what its own wallet sent. Its blocks are not, which a
// node else writes down once an hour only. Its files stay.
func (n *Node) Kill() {
	if n.running() {
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		n.client.Call(ctx, "gettxoutsetinfo", nil) // has it write down what it has, if it still answers
		cancel()
	}
	n.end()
}

// Restart starts the node again with the files, the port and the password that it had.
func (n *Node) Restart(ctx context.Context) error {
	if n.running() {
		return errors.New("regtest: the node still runs")
	}
	return n.start(ctx)
}

// Close ends the node. A directory that was given is left in order; one of its own goes.
func (n *Node) Close() error {
	if !n.own {
		return n.Stop()
	}
	n.end()
	return os.RemoveAll(n.dir)
}

// end ends the process and waits until it has.
func (n *Node) end() {
	if n.running() {
		n.process.Kill() // it may have ended meanwhile
		<-n.ended
	}
	if n.client != nil {
		n.client.Close()
	}
}

func (n *Node) running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil {
		return false
	}
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

// tempDir is in memory where it can be: a node writes much, and nothing of it is worth keeping.
func tempDir() (string, error) {
	const name = "portcullis-regtest-*"
	if dir, err := os.MkdirTemp("/dev/shm", name); err == nil {
		return dir, nil
	}
	return os.MkdirTemp("", name)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// unspendable is an output script and its address that nobody has the key of, another one at each call: a block that is
// made again in the same second would else be the same block.
func (n *Node) unspendable() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.strange++
	script := append([]byte{0x00, 0x20}, make([]byte, 32)...)
	hex.Decode(script[2:], fmt.Appendf(nil, "%016x", n.strange))
	address, _ := n.client.Network().Address(script)
	return address
}
