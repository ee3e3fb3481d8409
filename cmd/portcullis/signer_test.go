package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/daemon"
	"portcullis/journal"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

// till is a venue's engine over a data directory: one coin on a chain, a customer with a thousand of it, and the wallet's word.
type till struct {
	*engine.Engine
	t *testing.T
	n byte
}

const tillCoin, tillCustomer = instruction.Asset(1), instruction.Account(2)

func openTill(t *testing.T, data string, c signer.Chain) *till {
	t.Helper()
	log, err := journal.Open(daemon.JournalDir(data), journal.Options{SegmentSize: 16 << 10})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(engine.Config{Log: log, Clock: clock.NewHand(1_535_328_000_000_000)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	genesis, err := instruction.ParseBlockHash(c.Genesis)
	if err != nil {
		t.Fatal(err)
	}
	v := &till{Engine: e, t: t}
	operator, wallet := instruction.Principal{Giver: instruction.ByOperator}, instruction.Principal{Giver: instruction.ByWallet}
	v.do(operator, &instruction.AddAsset{Symbol: "LTC", Scale: 8})
	v.do(operator, &instruction.SetChain{Asset: tillCoin, Terms: instruction.ChainTerms{
		Network: c.Network, Genesis: genesis, Account: c.Account, Hot: c.Hot, Start: 1, CreditDepth: 1, SettleDepth: 3,
		MinDeposit: 10_000, MinWithdraw: 20_000, WithdrawFee: 1000, MaxFeeRate: 1e6,
	}})
	v.do(operator, &instruction.OpenAccount{})
	for id, rights := range []instruction.Rights{instruction.MayRead | instruction.MayWithdraw, instruction.MayRead | instruction.MayOwn} {
		v.do(operator, &instruction.CreateKey{
			Account: tillCustomer, ID: instruction.KeyID{byte(id + 1)}, Scheme: instruction.Ed25519, Material: make([]byte, 32), Legacy: id == 0,
			Mandate: instruction.Mandate{Rights: rights, Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}},
		})
	}
	i := &instruction.Advance{Asset: tillCoin, Height: 9, Hash: instruction.BlockHash{9}, Whole: true}
	for n := range byte(10) {
		i.Received = append(i.Received, instruction.Received{Coin: instruction.Outpoint{Tx: instruction.TxID{n + 1}}, Amount: 100e8, Account: tillCustomer})
	}
	i.Received = append(i.Received, instruction.Received{Coin: instruction.Outpoint{Tx: instruction.TxID{99}}, Amount: 1e8, Account: instruction.Fees})
	v.do(wallet, i)
	return v
}

func (v *till) do(p instruction.Principal, in instruction.Instruction) uint64 {
	v.t.Helper()
	r, err := v.Do(&p, in)
	if err != nil {
		v.t.Fatalf("%T: %v", in, err)
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision == instruction.Deny {
		v.t.Fatalf("%T: %v, %v", in, r.Verdict.Reason(), why)
	}
	return r.Seq
}

// pay plans a spend that brings so much to an address of nobody, and is its number and its record's.
func (v *till) pay(network *coin.Network, n money.Amount) (id instruction.SpendID, seq uint64) {
	v.t.Helper()
	v.n++
	script := make([]byte, 22)
	script[1] = 20
	binary.LittleEndian.PutUint64(script[2:], uint64(v.n))
	to, _ := network.Address(script)
	key := instruction.Principal{Giver: instruction.ByCredential, Credential: 1, Addr: netip.MustParseAddr("192.0.2.1")}
	v.do(key, &instruction.Withdraw{Asset: tillCoin, Amount: n + 1000, To: instruction.Destination{Chain: "LTC", Address: to}})
	var matters []instruction.MatterID
	plan := &instruction.PlanSpend{Asset: tillCoin, Fee: 1000, Size: 200}
	v.look(func(s *core.State) {
		matters, plan.Payouts = s.Matters(tillCustomer), []instruction.PayoutID{s.LastPayout()}
		plan.Inputs = []instruction.Outpoint{s.Chain(tillCoin).Free()[0].Coin}
	})
	key.Credential = 2
	v.do(key, &instruction.Answer{Matter: matters[0], Yes: true})
	seq = v.do(instruction.Principal{Giver: instruction.ByWallet}, plan)
	v.look(func(s *core.State) { id = s.Chain(tillCoin).LastSpend() })
	return id, seq
}

func (v *till) look(f func(*core.State)) {
	v.t.Helper()
	if err := v.Read(f); err != nil {
		v.t.Fatal(err)
	}
}

// beside is a signer that runs.
type beside struct {
	cmd   *exec.Cmd
	ready signerLine
	log   *bytes.Buffer
}

// runBeside starts the real program and waits until it is ready.
func runBeside(t *testing.T, change func(*exec.Cmd), args ...string) *beside {
	t.Helper()
	b := &beside{log: new(bytes.Buffer), cmd: exec.Command("portcullis", append([]string{"signer", "run", "--json"}, args...)...)}
	b.cmd.Stderr = b.log
	if change != nil {
		change(b.cmd)
	}
	out, err := b.cmd.StdoutPipe()
	if err == nil {
		err = b.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.cmd.Process.Kill()
		b.cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &b.ready)
	}
	if err != nil {
		b.cmd.Wait()
		t.Fatalf("it did not start: %v\n%s", err, b.log)
	}
	return b
}

// ends has it end by a signal.
func (b *beside) ends(t *testing.T, s syscall.Signal) {
	t.Helper()
	b.cmd.Process.Signal(s)
	if err := b.cmd.Wait(); (err == nil) != (s == syscall.SIGTERM) {
		t.Fatalf("%v: %v\n%s", s, err, b.log)
	}
}

// setUp makes a seed in the clear, and a venue's data directory for it. The folder is one that every user reaches, and short.
func setUp(t *testing.T) (dir string, n *coin.Network, v *till) {
	t.Helper()
	dir, err := os.MkdirTemp("", "sg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if n, err = coin.NetworkNamed("litecoin-regtest"); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("portcullis", "signer", "init", "--json", "--unsealed", "--seed", dir+"/seed", "--network", n.Name).Output()
	var c signer.Chain
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir, n, openTill(t, data, c)
}

// TestSignerBeside: the signer's own process signs what a venue writes while it runs, within its caps; neither a kill nor a restart
// frees anything or changes a byte.
func TestSignerBeside(t *testing.T) {
	dir, n, v := setUp(t)
	first, seq := v.pay(n, 4e8)
	args := []string{"--data", dir + "/data", "--seed", dir + "/seed", "--socket", dir + "/s", "--cap", "LTC:payout=5,hour=10"}
	b := runBeside(t, nil, args...)
	if b.ready.Event != "ready" || b.ready.Seq < seq || b.ready.Socket != dir+"/s" || len(b.ready.Caps) != 1 || b.ready.Caps[0].Hour != "10.00000000" {
		t.Errorf("%+v", b.ready)
	}
	c := signer.NewClient(b.ready.Socket)
	raw, tx, err := c.Sign(t.Context(), tillCoin, first, seq)
	if err != nil {
		t.Fatal(err)
	}
	second, seq := v.pay(n, 5e8)
	other, _, err := c.Sign(t.Context(), tillCoin, second, seq)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(id instruction.SpendID, seq uint64, says string) {
		t.Helper()
		var no *signer.Refused
		if _, _, err := c.Sign(t.Context(), tillCoin, id, seq); !errors.As(err, &no) || !strings.Contains(no.Reason, says) {
			t.Fatalf("%v; want %q", err, says)
		}
	}
	third, seq := v.pay(n, 2e8)
	refused(third, seq, "the cap is 10.00000000")
	big, seq := v.pay(n, 5e8+1)
	refused(big, seq, "the cap is 5.00000000")
	if out, err := exec.Command("portcullis", append([]string{"signer", "run"}, args...)...).CombinedOutput(); err == nil ||
		!strings.Contains(string(out), "process "+strconv.Itoa(b.ready.PID)+" has") {
		t.Errorf("a second one: %v, %s", err, out)
	}
	b.ends(t, syscall.SIGKILL)
	if _, _, err := c.Sign(t.Context(), tillCoin, first, seq); err == nil || errors.As(err, new(*signer.Refused)) {
		t.Errorf("nobody is there: %v", err)
	}
	b = runBeside(t, nil, args...)
	if again, name, err := c.Sign(t.Context(), tillCoin, first, seq); err != nil || name != tx || !bytes.Equal(again, raw) {
		t.Errorf("after a kill: %v, %v", name, err)
	}
	if again, _, err := c.Sign(t.Context(), tillCoin, second, seq); err != nil || !bytes.Equal(again, other) {
		t.Errorf("after a kill: %v", err)
	}
	refused(third, seq, "the cap is 10.00000000")
	b.ends(t, syscall.SIGTERM)
	if strings.Contains(b.log.String(), "ERROR") || !strings.Contains(b.log.String(), "msg=signed") || !strings.Contains(b.log.String(), "msg=refused") {
		t.Errorf("%s", b.log)
	}
	if _, err := os.Stat(dir + "/s"); err == nil {
		t.Error("its socket is left")
	}
	b = runBeside(t, nil, append(args[:6:6], "--cap", "DOGE:payout=1,hour=1", "--cap", "LTC:payout=5.00000001,hour=20")...)
	if _, _, err := c.Sign(t.Context(), tillCoin, big, seq); err != nil {
		t.Errorf("with higher caps: %v", err)
	}
	b.ends(t, syscall.SIGTERM)
}
