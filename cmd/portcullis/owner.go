package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"portcullis/venue/owner"
)

type ownerCmd struct {
	Keygen     ownerKeygenCmd     `cmd:"" help:"Make an owner's key: the private half into a file of yours, the public half for the operator."`
	Waiting    ownerWaitingCmd    `cmd:"" help:"List what waits, for time or for your word."`
	Yes        ownerYesCmd        `cmd:"" help:"Let a withdrawal go that waits."`
	No         ownerNoCmd         `cmd:"" help:"Stop what waits."`
	Keys       ownerKeysCmd       `cmd:"" help:"List your API keys, deleted ones included."`
	Change     ownerChangeCmd     `cmd:"" help:"Give an API key another mandate: what it takes away is gone at once, what it adds waits."`
	Renew      ownerRenewCmd      `cmd:"" help:"Say that an API key is still wanted, for another year."`
	Quarantine ownerQuarantineCmd `cmd:"" help:"Leave an API key nothing but reading and cancelling, and cancel its open orders."`
	Restore    ownerRestoreCmd    `cmd:"" help:"End a quarantine."`
	Revoke     ownerRevokeCmd     `cmd:"" help:"Delete an API key for ever, and cancel its open orders."`
	Accounts   ownerAccountsCmd   `cmd:"" help:"List your accounts, and which are locked."`
	Lock       ownerLockCmd       `cmd:"" help:"Leave all keys of an account nothing but reading and cancelling; its orders stay."`
	Unlock     ownerUnlockCmd     `cmd:"" help:"End a lock."`
	Wait       ownerWaitCmd       `cmd:"" help:"Say how long what you add waits."`
	Budget     ownerBudgetCmd     `cmd:"" help:"Show what your keys may lose, set it, and confirm what was lost."`
	Markets    ownerMarketsCmd    `cmd:"" help:"List thin markets, and name those that you trade in."`
	Proceeds   ownerProceedsCmd   `cmd:"" help:"List what is held of what you gained from keys that are taken for stolen, and appeal."`
	Addresses  ownerAddressesCmd  `cmd:"" help:"List where withdrawals may go, add addresses and remove them."`
}

// ownerFlags say which venue the owner speaks to, and by which key.
type ownerFlags struct {
	URL    string `name:"url" env:"PORTCULLIS_OWNER_URL" placeholder:"URL" help:"The venue, such as https://venue.example."`
	Key    string `env:"PORTCULLIS_OWNER_KEY" placeholder:"FILE" help:"File of the private key that keygen made."`
	APIKey string `name:"api-key" env:"PORTCULLIS_OWNER_API_KEY" placeholder:"TEXT" help:"The key's text, as the operator gave it to you."`
}

func (f *ownerFlags) client() (*owner.Client, error) {
	for _, x := range []struct{ value, flag, what string }{
		{f.URL, "--url", "which venue is meant"}, {f.Key, "--key", "where your private key is"}, {f.APIKey, "--api-key", "which key it is, by the text that the operator gave you"},
	} {
		if x.value == "" {
			return nil, fmt.Errorf("%w: say %s: %s, or $PORTCULLIS_OWNER_%s", errUsage, x.what, x.flag, strings.ToUpper(strings.ReplaceAll(x.flag[2:], "-", "_")))
		}
	}
	seed, err := readOwnerKey(f.Key)
	if err != nil {
		return nil, err
	}
	c, err := owner.NewClient(f.URL, f.APIKey, seed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return c, nil
}

// ask reads something of the owner's.
func ask[Reply any](ctx context.Context, f *ownerFlags, what string) (r Reply, err error) {
	return r, f.send(ctx, "GET", what, nil, &r)
}

// speak says something as the owner, and shows what came of it.
func (f *ownerFlags) speak(ctx context.Context, o *output, what string, in any) error {
	var r owner.Done
	if err := f.send(ctx, "POST", what, in, &r); err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		for _, line := range r.Done {
			fmt.Fprintln(w, line)
		}
		for i := range r.Waiting {
			waits(w, &r.Waiting[i])
		}
		fmt.Fprintf(w, "(record %d)\n", r.Seq)
	})
	return nil
}

func (f *ownerFlags) send(ctx context.Context, method, what string, in, out any) error {
	c, err := f.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = c.Call(ctx, method, owner.Path+"v1/"+what, in, out)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %s: %w", f.URL, patience, err)
	}
	return err
}

// waits tells of one thing that waits.
func waits(w io.Writer, m *owner.Matter) {
	fmt.Fprintf(w, "Matter %d waits until %s: %s\n  %s\n", m.Matter, m.Due, m.What, m.How)
}

type ownerWaitingCmd struct{ ownerFlags }

func (c *ownerWaitingCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Waiting](ctx, &c.ownerFlags, "waiting")
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		for i := range r.Waiting {
			waits(w, &r.Waiting[i])
		}
		if len(r.Waiting) == 0 {
			fmt.Fprintln(w, "Nothing waits.")
		}
		if r.Frozen != "" {
			fmt.Fprintf(w, "Waits stand still since %s, after a jump of the venue's clock: nothing comes due until the operator confirms it.\n", r.Frozen)
		}
	})
	return nil
}

type ownerYesCmd struct {
	Matter uint64 `arg:"" help:"Number of what waits."`
	ownerFlags
}

func (c *ownerYesCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "answer", owner.Answer{Matter: c.Matter, Yes: true})
}

type ownerNoCmd struct {
	Matter uint64 `arg:"" help:"Number of what waits."`
	ownerFlags
}

func (c *ownerNoCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "answer", owner.Answer{Matter: c.Matter})
}

type ownerAccountsCmd struct{ ownerFlags }

func (c *ownerAccountsCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Accounts](ctx, &c.ownerFlags, "accounts")
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "ACCOUNT", "REF", "LOCKED", "WHY")
		for _, a := range r.Accounts {
			row(w, a.Account, orDash(a.Ref), orDash(a.Locked), orDash(a.Why))
		}
		fmt.Fprintf(w, "What you add waits for %s.\n", r.Wait)
	})
	return nil
}

type ownerLockCmd struct {
	Account uint32 `arg:"" optional:"" help:"Number of the account; all of yours where none is named."`
	Reason  string `placeholder:"TEXT" help:"Why, for the record; at most 200 bytes."`
	ownerFlags
}

func (c *ownerLockCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "accounts/lock", owner.LockAccount{Account: c.Account, Reason: c.Reason})
}

type ownerUnlockCmd struct {
	Account uint32 `arg:"" optional:"" help:"Number of the account; the master account where none is named."`
	ownerFlags
}

func (c *ownerUnlockCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "accounts/unlock", owner.NameAccount{Account: c.Account})
}

type ownerWaitCmd struct {
	Wait string `arg:"" help:"From 24h to 90d, such as 48h or 7d. Longer holds at once; shorter waits for as long as the longer one."`
	ownerFlags
}

func (c *ownerWaitCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "wait", owner.SetWait{Wait: c.Wait})
}

type ownerAddressesCmd struct {
	List   ownerAddressListCmd   `cmd:"" help:"List where withdrawals may go. What is to be added stands in waiting."`
	Add    ownerAddressAddCmd    `cmd:"" help:"Add an address; withdrawals may go there once the wait is over."`
	Remove ownerAddressRemoveCmd `cmd:"" help:"Remove an address at once."`
}

// addressFlags say which address is meant.
type addressFlags struct {
	Asset   string `arg:"" help:"Symbol of the asset."`
	Address string `arg:"" help:"The address."`
	Chain   string `placeholder:"CHAIN" help:"On which it moves; the asset's own symbol where nothing is said."`
	Tag     string `placeholder:"TEXT" help:"What some chains add to an address."`
	Account uint32 `placeholder:"N" help:"Whose address book; that of the master account where nothing is said."`
	ownerFlags
}

func (f *addressFlags) address() owner.Address {
	chain := f.Chain
	if chain == "" {
		chain = f.Asset
	}
	return owner.Address{Account: f.Account, Asset: f.Asset, Chain: chain, Address: f.Address, Tag: f.Tag}
}

type ownerAddressListCmd struct{ ownerFlags }

func (c *ownerAddressListCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Addresses](ctx, &c.ownerFlags, "addresses")
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "ACCOUNT", "ASSET", "CHAIN", "ADDRESS", "TAG", "SINCE", "LABEL")
		for _, a := range r.Addresses {
			row(w, a.Account, a.Asset, a.Chain, a.Address.Address, orDash(a.Tag), a.Since, orDash(a.Label))
		}
	})
	return nil
}

type ownerAddressAddCmd struct {
	addressFlags
	Label string `placeholder:"TEXT" help:"Your own word for it."`
}

func (c *ownerAddressAddCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "addresses/add", owner.NewAddress{Address: c.address(), Label: c.Label})
}

type ownerAddressRemoveCmd struct{ addressFlags }

func (c *ownerAddressRemoveCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "addresses/remove", c.address())
}
