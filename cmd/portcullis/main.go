// Command portcullis runs a trading venue, and gives it the operator's commands.
//
// It holds nothing of its own: run starts package daemon; the commands of the operator go over the socket of the venue that
// runs; journal reads a data directory and changes nothing in it. Exit codes: 0 done, 1 failed or refused, 2 wrongly called,
// 130 stopped at once by a second signal.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"
	"time"

	"portcullis/operator"
	"portcullis/venue/gift"
	"portcullis/venue/owner"

	"github.com/alecthomas/kong"
)

const (
	exitFailed = 1
	exitUsage  = 2
	exitAtOnce = 130
)

// program is the command line.
type program struct {
	JSON bool `name:"json" help:"Write JSON to standard output, for scripts."`

	Run       runCmd       `cmd:"" help:"Run the venue."`
	Status    statusCmd    `cmd:"" help:"Say how the running venue is."`
	Asset     assetCmd     `cmd:"" help:"Define assets and list them."`
	Market    marketCmd    `cmd:"" help:"Define, open, halt and list markets."`
	Account   accountCmd   `cmd:"" help:"Open accounts, credit them and look at them."`
	Key       keyCmd       `cmd:"" help:"Create, list and revoke customers' API keys."`
	Owner     ownerCmd     `cmd:"" help:"For customers: say your own word to a venue, by the owner's key."`
	Chain     chainCmd     `cmd:"" help:"Let assets move on chains, and show what the venue has there and owes."`
	Payout    payoutCmd    `cmd:"" help:"List, show and stop withdrawals."`
	Gift      giftCmd      `cmd:"" help:"Issue gift codes, and claim them."`
	Fees      feesCmd      `cmd:"" help:"Set fee tiers and list them."`
	Drop      dropCmd      `cmd:"" help:"Shut a class of instructions at once, and list what is shut."`
	Raise     raiseCmd     `cmd:"" help:"Open again what was dropped, for a share of the customers or for all."`
	Incident  incidentCmd  `cmd:"" help:"List, show and close incidents: what is taken for a theft of keys."`
	Inquest   inquestCmd   `cmd:"" help:"Find what stolen keys have in common: from whom, over which time or in which copy they leaked."`
	Rules     rulesCmd     `cmd:"" help:"Check, test and explain detection rules, and say which are in force."`
	Proceeds  proceedsCmd  `cmd:"" help:"List, hold and release what others gained from API keys that are taken for stolen."`
	Trace     traceCmd     `cmd:"" help:"Follow what others gained from stolen keys on its way within the venue."`
	Waiting   waitingCmd   `cmd:"" help:"List what waits before it holds or leaves: wider keys, new addresses, withdrawals."`
	No        noCmd        `cmd:"" help:"Stop what waits, for its customer."`
	Signer    signerCmd    `cmd:"" help:"Sign the venue's payouts on chains, in a process of its own with caps of its own."`
	Master    masterCmd    `cmd:"" help:"List and rotate the master keys that secrets are sealed under."`
	Notices   noticesCmd   `cmd:"" help:"Show what customers and the operator are told, and go on with what comes."`
	Webhook   webhookCmd   `cmd:"" help:"Make the secret that notices are signed with."`
	Clock     clockCmd     `cmd:"" help:"Confirm a jump of the clock."`
	Snapshot  snapshotCmd  `cmd:"" help:"Write the state to disk now, so that the next start is quick."`
	Backup    backupCmd    `cmd:"" help:"Write encrypted backups, each with a canary of its own, and list them."`
	Restore   restoreCmd   `cmd:"" help:"Make a data directory of a backup."`
	Journal   journalCmd   `cmd:"" help:"Check and print a journal; nothing in it is changed."`
	Bench     benchCmd     `cmd:"" help:"Measure this machine, each figure beside a baseline of the same run."`
	Backtest  backtestCmd  `cmd:"" help:"Say what detection rules would have done with what a journal has."`
	Replay    replayCmd    `cmd:"" help:"Replay an incident that really happened, on a simulated venue."`
	Adversary adversaryCmd `cmd:"" help:"Search for the worst that a thief can do with a customer's trading keys."`
	Honest    honestCmd    `cmd:"" help:"Measure how often honest people are stopped by loss budgets and detection rules."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

const description = "A trading venue built around a gate that every instruction able to move money must pass. " +
	"Begin with: portcullis run"

func main() {
	var p program
	parser, err := kong.New(&p, kong.Name("portcullis"), kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}))
	if err != nil {
		panic(err) // the command line's own definition is wrong
	}
	o := &output{out: os.Stdout, err: os.Stderr}
	if len(os.Args) == 1 { // who asks for nothing wants to know what there is
		os.Args = append(os.Args, "--help")
	}
	call, err := parser.Parse(negatives(os.Args[1:]))
	if err != nil {
		o.say("portcullis: %s", strings.ReplaceAll(err.Error(), minus, "-"))
		o.say("Try: " + nearest(err) + " --help")
		os.Exit(exitUsage)
	}
	restore(call)
	o.json = p.JSON
	ctx, stop := signals()
	defer stop()
	call.BindTo(ctx, (*context.Context)(nil))
	if err := call.Run(o); err != nil {
		os.Exit(o.fail(err))
	}
}

// negatives lets numbers below zero through, which would else be taken for flags: a flag is given its own, and the sign of
// any other becomes one that no flag begins with until the line is read (restore), so that whoever reads the number can say
// what is wrong with it.
func negatives(args []string) []string {
	var out []string
	for i, a := range args {
		number := len(a) > 1 && a[0] == '-' && (a[1] == '.' || a[1] >= '0' && a[1] <= '9')
		switch {
		case number && i > 0 && strings.HasPrefix(args[i-1], "--") && !strings.Contains(args[i-1], "="):
			out[len(out)-1] += "=" + a
		case number:
			out = append(out, minus+a[1:])
		default:
			out = append(out, a)
		}
	}
	return out
}

// minus stands for the sign of a number below zero while the command line is read.
const minus = "\u2212"

// restore gives numbers below zero their own sign back.
func restore(call *kong.Context) {
	for _, p := range call.Path {
		if p.Positional == nil || p.Positional.Target.Kind() != reflect.String {
			continue
		}
		if rest, ok := strings.CutPrefix(p.Positional.Target.String(), minus); ok {
			p.Positional.Target.SetString("-" + rest)
		}
	}
}

// nearest is the command that a wrong call came as far as.
func nearest(err error) string {
	name := "portcullis"
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		for _, p := range wrong.Context.Path {
			if p.Command != nil {
				name += " " + p.Command.Name
			}
		}
	}
	return name
}

// errUsage marks an error of whoever called the program.
var errUsage = errors.New("wrongly called")

// fail tells an error, and is the exit code for it.
func (o *output) fail(err error) int {
	var no *operator.Refused
	if errors.As(err, &no) && o.json {
		o.line(no.Outcome)
	}
	var unheard *owner.Refused
	if errors.As(err, &unheard) && o.json {
		o.line(unheard.Failure)
	}
	var unpaid *gift.Refused
	if errors.As(err, &unpaid) && o.json {
		o.line(unpaid.Failure)
	}
	o.complain(err)
	if errors.Is(err, errUsage) {
		return exitUsage
	}
	return exitFailed
}

// oneWish is how close together two signals count as one: some senders signal the process and then its whole group.
const oneWish = 250 * time.Millisecond

// signals gives a context that ends with the first signal to stop. The second ends the process at once.
func signals() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-c
		first := time.Now()
		cancel()
		for range c {
			if time.Since(first) > oneWish {
				os.Exit(exitAtOnce)
			}
		}
	}()
	return ctx, func() {
		signal.Stop(c)
		cancel()
	}
}
