package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"

	"portcullis/internal/daemon"
	"portcullis/internal/local"
	"portcullis/internal/secret"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

// tillSigner is the signer of a till, which reads its journal and answers at a socket.
type tillSigner struct {
	*signer.Client
	dir  string
	seed *coin.Seed
	end  func()
}

func newTillSigner(data string, n *coin.Network) (*tillSigner, error) {
	s := &tillSigner{dir: filepath.Join(data, "signer"), end: func() {}}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return nil, err
	}
	file, err := signer.MakeSeed(s.file("seed"), n, secret.Bytes{})
	s.seed = file.Seed
	s.Client = signer.NewClient(s.file("socket"))
	return s, err
}

func (s *tillSigner) file(name string) string { return filepath.Join(s.dir, name) }

func (s *tillSigner) stop() { s.end() }

// tillCap lets everything out.
const tillCap = "LTC:payout=1,hour=1000000"

// start starts it, as a process where the program's own file is known, and waits until it answers.
func (s *tillSigner) start(ctx context.Context, self, data string) error {
	if self == "" {
		return s.host(ctx, data)
	}
	cmd := exec.CommandContext(ctx, self, "signer", "run", "--json", "--data", data, "--seed", s.file("seed"), "--socket", s.file("socket"), "--cap", tillCap) // #nosec G204 -- this program
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	log, err := os.Create(s.file("log"))
	if err != nil {
		return err
	}
	defer log.Close() // it has its own by then
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.end = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil { // that it is ready
		why, _ := os.ReadFile(s.file("log"))
		return fmt.Errorf("bench: the signer does not start: %w: %s", err, why)
	}
	go io.Copy(io.Discard, out)
	return nil
}

// host has it in this process.
func (s *tillSigner) host(ctx context.Context, data string) error {
	network, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		return err
	}
	limit, err := signer.ParseCap(tillCap, network)
	if err != nil {
		return err
	}
	a, err := signer.Open(ctx, signer.Options{
		Seed: s.seed, Caps: []signer.Cap{limit}, Signed: s.file("signed"),
		Files: signer.Files{Journal: daemon.JournalDir(data), Snapshots: daemon.Snapshots(data)},
	})
	if err != nil {
		return err
	}
	l, err := local.Listen(s.file("socket"))
	if err != nil {
		return errors.Join(err, a.Close())
	}
	srv := signer.NewServer(a.Signer, nil, slog.New(slog.DiscardHandler))
	go srv.Serve(l)
	s.end = func() {
		srv.Close()
		a.Close()
	}
	return nil
}

// catchUp has it read up to a record, as it does by itself within a second: no payout waits for what was on record long before.
func (s *tillSigner) catchUp(ctx context.Context, seq uint64) error {
	_, _, err := s.Sign(ctx, tillAsset, 1<<60, seq) // no such spend
	if errors.As(err, new(*signer.Refused)) {
		return nil
	}
	return fmt.Errorf("bench: the signer has to refuse a transaction that nobody planned: %w", err)
}
