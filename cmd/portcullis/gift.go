package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"portcullis/venue/gift"
	"portcullis/venue/owner"
)

type giftCmd struct {
	Issue  giftIssueCmd  `cmd:"" help:"Issue gift codes, by the owner's key: whoever brings one may have what it is worth."`
	List   giftListCmd   `cmd:"" help:"List the codes that your accounts issued, and how they stand."`
	Return giftReturnCmd `cmd:"" help:"Take codes back that nobody has claimed."`
	Check  giftCheckCmd  `cmd:"" help:"For whoever has a code: say what it is worth."`
	Claim  giftClaimCmd  `cmd:"" help:"For whoever has a code: have what it is worth sent to an address."`
	Status giftStatusCmd `cmd:"" help:"For whoever claimed one: say how its payout stands."`
}

type giftIssueCmd struct {
	Asset   string `arg:"" help:"Symbol of the asset."`
	Amount  string `arg:"" help:"What each code is worth, such as 0.01."`
	Count   uint32 `default:"1" placeholder:"N" help:"How many, 1 to 100."`
	Expires string `required:"" placeholder:"WHEN" help:"When codes that nobody claims go back: 2027-01-31, 2027-01-31T12:00:00Z, or after 90d or 12h."`
	Name    string `placeholder:"TEXT" help:"Your own name for them; no two known batches of an account have the same."`
	Message string `placeholder:"TEXT" help:"What whoever has a code reads."`
	Account uint32 `placeholder:"N" help:"Out of whose balance; the master account's where nothing is said."`
	ownerFlags
}

func (c *giftIssueCmd) Run(ctx context.Context, o *output) error {
	var r owner.IssuedCodes
	in := owner.IssueCodes{Account: c.Account, Asset: c.Asset, Amount: c.Amount, Count: c.Count, Expires: c.Expires, Name: c.Name, Message: c.Message}
	if err := c.send(ctx, "POST", "codes/issue", in, &r); err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		what := "1 code of %[2]s %[3]s"
		if len(r.Codes) != 1 {
			what = "%[1]d codes of %[2]s %[3]s each"
		}
		fmt.Fprintf(w, what+", out of account %[4]d, until %[5]s (record %[6]d)\n", len(r.Codes), r.Amount, r.Asset, r.Account, r.Expires, r.Seq)
		for _, x := range r.Codes {
			row(w, x.Number, x.Code)
		}
		fmt.Fprintln(w, "Whoever has a code may claim it. They are shown this once: the venue cannot show them again, and takes them back by their numbers.")
	})
	return nil
}

type giftListCmd struct {
	Live bool `help:"Only those that nobody has claimed."`
	ownerFlags
}

func (c *giftListCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Codes](ctx, &c.ownerFlags, "codes")
	if err != nil {
		return err
	}
	if c.Live {
		live := []owner.ListedCode{}
		for _, x := range r.Codes {
			if x.State == "LIVE" {
				live = append(live, x)
			}
		}
		r.Codes = live
	}
	o.show(r, func(w io.Writer) {
		row(w, "NUMBER", "ACCOUNT", "AMOUNT", "ASSET", "STATE", "MADE", "EXPIRES", "NAME")
		for _, x := range r.Codes {
			row(w, x.Number, x.Account, x.Amount, x.Asset, x.State, x.Made, x.Expires, orDash(x.Name))
		}
		if r.More {
			fmt.Fprintln(w, "There are more than are shown.")
		}
	})
	return nil
}

type giftReturnCmd struct {
	Codes []uint64 `arg:"" help:"Numbers of the codes."`
	ownerFlags
}

func (c *giftReturnCmd) Run(ctx context.Context, o *output) error {
	for _, n := range c.Codes {
		if err := c.speak(ctx, o, "codes/return", owner.ReturnCode{Number: n}); err != nil {
			return fmt.Errorf("gift code %d: %w", n, err)
		}
	}
	return nil
}

// giftFlags say at which venue a code is claimed, and which it is.
type giftFlags struct {
	URL string `name:"url" env:"PORTCULLIS_URL" placeholder:"URL" help:"The venue, such as https://venue.example."`
}

func (f *giftFlags) client() (*gift.Client, error) {
	if f.URL == "" {
		return nil, fmt.Errorf("%w: say which venue is meant: --url, or $PORTCULLIS_URL", errUsage)
	}
	c, err := gift.NewClient(f.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return c, nil
}

// readCode takes a code from the command line, or from standard input: what stands on a command line others on the machine can see.
func readCode(text string) (gift.Code, error) {
	if text == "-" {
		line, err := bufio.NewReader(io.LimitReader(os.Stdin, 1<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return gift.Code{}, err
		}
		text = strings.TrimSpace(line)
	}
	code, err := gift.ParseCode(text)
	if err != nil {
		return code, fmt.Errorf("%w: this is no gift code: %w", errUsage, err)
	}
	return code, nil
}

type giftCheckCmd struct {
	Code string `arg:"" default:"-" help:"The code; - is standard input, where nobody else sees it."`
	giftFlags
}

func (c *giftCheckCmd) Run(ctx context.Context, o *output) error {
	client, code, err := c.begin(c.Code)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := client.Check(ctx, code)
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s, until %s\n", r.Amount, r.Asset, r.Expires)
		if r.Outside {
			fmt.Fprintf(w, "%s %s arrive at an address on %s; the fee is %s.\n", r.Arrives, r.Asset, r.Network, r.Fee)
		} else {
			fmt.Fprintf(w, "It cannot go to an address outside. %s\n", r.Why)
		}
		if r.Message != "" {
			fmt.Fprintf(w, "With these words, which are not the venue's:\n%s\n", r.Message)
		}
	})
	return nil
}

func (f *giftFlags) begin(text string) (*gift.Client, gift.Code, error) {
	client, err := f.client()
	if err != nil {
		return nil, gift.Code{}, err
	}
	code, err := readCode(text)
	return client, code, err
}

type giftClaimCmd struct {
	Address string `arg:"" help:"Where it is to go."`
	Code    string `arg:"" default:"-" help:"The code; - is standard input, where nobody else sees it."`
	giftFlags
}

func (c *giftClaimCmd) Run(ctx context.Context, o *output) error {
	client, code, err := c.begin(c.Code)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p, err := client.Claim(ctx, code, c.Address)
	if no := (*gift.Refused)(nil); err != nil && !errors.As(err, &no) {
		return fmt.Errorf("%w; claim it again for the same address: it is paid once", err)
	}
	if err != nil {
		return err
	}
	showPayout(o, &p)
	return nil
}

type giftStatusCmd struct {
	Receipt string `arg:"" help:"The receipt, as the claim was answered."`
	giftFlags
}

func (c *giftStatusCmd) Run(ctx context.Context, o *output) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p, err := client.Payout(ctx, c.Receipt)
	if err != nil {
		return err
	}
	showPayout(o, &p)
	return nil
}

func showPayout(o *output, p *gift.Payout) {
	o.show(p, func(w io.Writer) {
		row(w, "state", p.State)
		row(w, "arrives", p.Arrives+" "+p.Asset)
		row(w, "address", p.Address)
		if p.Tx != "" {
			row(w, "transaction", p.Tx)
			row(w, "confirmations", fmt.Sprintf("%d; %d are needed", p.Confirmations, p.Needed))
		}
		row(w, "receipt", p.Receipt)
	})
}
