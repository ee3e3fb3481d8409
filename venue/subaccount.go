package venue

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// mailDomain makes a mail address of a sub-account's number: the dialect names sub-accounts so. No mail arrives there.
const mailDomain = "@sub.invalid"

// mailOf names an account of a customer: empty is the master.
func mailOf(a, master instruction.Account) string {
	if a == master {
		return ""
	}
	return strconv.FormatUint(uint64(a), 10) + mailDomain
}

// byMail reads the name of an account of the caller's customer: empty is the master. Whether it is theirs is the gate's to
// say.
func (a *args) byMail(name string, master instruction.Account) instruction.Account {
	text := a.text(name)
	if text == "" {
		return master
	}
	digits, ok := strings.CutSuffix(text, mailDomain)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil {
		a.fail(binance.ErrInvalidData(name, "A sub-account is named such as 7"+mailDomain+"; see sub-account/list."))
	}
	return instruction.Account(n) // #nosec G115 -- 32 bits were read
}

// master is the master account of the caller's customer.
func (v *Venue) master(c *call) (m instruction.Account, err *binance.Error) {
	err = v.read(func(s *core.State) { m = s.Customer(c.account) })
	return m, err
}

// asked reads asset and amount of a transfer.
func (v *Venue) asked(a *args, t *instruction.Transfer) {
	symbol, err := a.p.Str("asset")
	symbol = got(a, symbol, err)
	amount, err := a.p.Decimal("amount")
	amount = got(a, amount, err)
	if a.err != nil {
		return
	}
	var scale money.Scale
	if err := v.read(func(s *core.State) {
		if t.Asset = s.AssetNamed(symbol); t.Asset != 0 {
			scale = s.Asset(t.Asset).Scale
		}
	}); err != nil {
		a.fail(err)
		return
	}
	if t.Asset == 0 {
		a.fail(binance.ErrInvalidData("asset", "There is no such asset on this venue."))
		return
	}
	t.Amount, err = units("amount", amount, scale)
	got(a, t.Amount, err)
}

// transfer has the engine carry out a transfer and is its number; one that was done before under its name is the first one's.
func (v *Venue) transfer(c *call, t *instruction.Transfer) (int64, *binance.Error) {
	o, err := v.do(c, t, false)
	if err != nil {
		return 0, err
	}
	if err := o.refusal(instruction.Whole, false); err != nil {
		return 0, err
	}
	return int64(o.transfer), nil // #nosec G115 -- counted from 1
}

// spotOnly refuses kinds of accounts that there are not.
func (a *args) spotOnly(names ...string) {
	for _, name := range names {
		if kind := a.text(name); kind != "" && kind != spot {
			a.fail(binance.ErrInvalidData(name, "Accounts here are of the kind SPOT."))
		}
	}
}

func universalTransfer(v *Venue, c *call) (reply, *binance.Error) {
	master, err := v.master(c)
	if err != nil {
		return nil, err
	}
	a := c.args()
	t := instruction.Transfer{From: a.byMail("fromEmail", master), To: a.byMail("toEmail", master)}
	a.spotOnly("fromAccountType", "toAccountType")
	v.asked(a, &t)
	name := a.text("clientTranId")
	if name != "" {
		id, err := clientID("clientTranId", name)
		t.Client = got(a, id, err)
	}
	if err := a.end(); err != nil {
		return nil, err
	}
	id, err := v.transfer(c, &t)
	return object{binance.TransferDone{TranID: id, ClientTranID: name}}, err
}

func subToMaster(v *Venue, c *call) (reply, *binance.Error) {
	master, err := v.master(c)
	if err != nil {
		return nil, err
	}
	a := c.args()
	t := instruction.Transfer{From: c.account, To: master}
	v.asked(a, &t)
	if err := a.end(); err != nil {
		return nil, err
	}
	id, err := v.transfer(c, &t)
	return object{binance.SubTransferDone{TxnID: id}}, err
}

func subToSub(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	to, err := a.p.Str("toEmail")
	if got(a, to, err); a.err != nil {
		return nil, a.err
	}
	t := instruction.Transfer{From: c.account, To: a.byMail("toEmail", 0)}
	v.asked(a, &t)
	if err := a.end(); err != nil {
		return nil, err
	}
	id, err := v.transfer(c, &t)
	return object{binance.SubTransferDone{TxnID: id}}, err
}

// page reads which part of a customer's transfers is wanted: page 1 has the newest.
func (a *args) page() (r archive.Range, page int64) {
	start, end := a.integer("startTime", 0), a.integer("endTime", 0)
	page = a.integer("page", 1)
	r = archive.Range{Limit: a.limit(binance.DefaultLimit, archive.MaxLimit)}
	if start < 0 || end < 0 || page < 1 {
		a.fail(binance.ErrInvalidData("page", "Pages begin with 1, and times are not below 0."))
		return r, 1
	}
	r.Start = instruction.Time(min(start, farAhead)) * instruction.Millisecond
	if end != 0 {
		r.End = (instruction.Time(min(end, farAhead))+1)*instruction.Millisecond - 1
	}
	return r, page
}

// moves asks history for a page of a customer's transfers that are wanted, the newest first, and how many those are. What lies
// further back than a query gives is reached by times.
func (v *Venue) moves(c *call, master instruction.Account, b archive.Between, r archive.Range, page int64, wanted func(*archive.Move) bool) ([]archive.Move, int, *binance.Error) {
	size := int64(r.Limit)
	r.Limit = archive.MaxLimit
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Move, error) {
		return v.history.archive.Moves(ctx, master, b, r)
	})
	if err != nil {
		return nil, 0, err
	}
	slices.Reverse(rows)
	rows = slices.DeleteFunc(rows, func(m archive.Move) bool { return !wanted(&m) })
	all := int64(len(rows))
	from := min((min(page, all+1)-1)*size, all)
	return rows[from:min(from+size, all)], len(rows), nil
}

func universalTransfers(v *Venue, c *call) (reply, *binance.Error) {
	master, err := v.master(c)
	if err != nil {
		return nil, err
	}
	a := c.args()
	b := archive.Between{From: a.byMail("fromEmail", 0), To: a.byMail("toEmail", 0)}
	if c.account != master {
		b.Of = c.account // a sub-account sees its own
	}
	name := a.text("clientTranId")
	r, page := a.page()
	if err := a.end(); err != nil {
		return nil, err
	}
	_, assets, err := v.assets("", c.account)
	if err != nil {
		return nil, err
	}
	rows, total, err := v.moves(c, master, b, r, page, func(m *archive.Move) bool { return name == "" || name == m.Client })
	if err != nil {
		return nil, err
	}
	answer := binance.UniversalTransfers{Result: []binance.UniversalTransfer{}, TotalCount: total}
	for _, m := range rows {
		x := assets[m.Asset]
		answer.Result = append(answer.Result, binance.UniversalTransfer{
			TranID: int64(m.ID), FromEmail: mailOf(m.From, master), ToEmail: mailOf(m.To, master), Asset: x.Symbol, // #nosec G115 -- counted from 1
			Amount: decimal(m.Amount, x.Scale), CreateTimeStamp: c.time(m.Time), FromAccountType: spot, ToAccountType: spot,
			Status: "SUCCESS", ClientTranID: m.Client,
		})
	}
	return object{answer}, nil
}

// subTransfers answers with the transfers of the account that asks.
func subTransfers(v *Venue, c *call) (reply, *binance.Error) {
	master, err := v.master(c)
	if err != nil {
		return nil, err
	}
	a := c.args()
	coin, kind := a.text("asset"), a.integer("type", 0)
	a.flag("returnFailHistory", false)
	r, page := a.page()
	if err := a.end(); err != nil {
		return nil, err
	}
	only, assets, err := v.assets(coin, c.account)
	if err != nil {
		return nil, err
	}
	b := archive.Between{Of: c.account}
	switch kind {
	case binance.TransferIn:
		b = archive.Between{To: c.account}
	case binance.TransferOut:
		b = archive.Between{From: c.account}
	}
	rows, _, err := v.moves(c, master, b, r, page, func(m *archive.Move) bool { return coin == "" || m.Asset == only })
	if err != nil {
		return nil, err
	}
	list := []binance.SubTransfer{}
	for _, m := range rows {
		x := assets[m.Asset]
		t := binance.SubTransfer{
			CounterParty: "subAccount", Type: binance.TransferIn, Asset: x.Symbol, Qty: decimal(m.Amount, x.Scale),
			FromAccountType: spot, ToAccountType: spot, Status: "SUCCESS", TranID: int64(m.ID), Time: c.time(m.Time), // #nosec G115 -- counted from 1
		}
		other := m.From
		if m.From == c.account {
			t.Type, other = binance.TransferOut, m.To
		}
		if t.Email = mailOf(other, master); t.Email == "" {
			t.CounterParty = "master"
		}
		list = append(list, t)
	}
	return object{list}, nil
}

// subAccounts answers with the sub-accounts of the master account that asks; to a sub-account, with none.
func subAccounts(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	only := a.byMail("email", 0)
	a.flag("isFreeze", false)
	page, limit := a.integer("page", 1), a.limit(binance.DefaultLimit, archive.MaxLimit)
	if err := a.end(); err != nil {
		return nil, err
	}
	answer := binance.SubAccounts{SubAccounts: []binance.SubAccount{}}
	err := v.read(func(s *core.State) {
		list := s.SubAccounts(c.account)
		if only != 0 {
			list = slices.DeleteFunc(slices.Clone(list), func(id instruction.Account) bool { return id != only })
		}
		from := min(max(min(page, int64(len(list))+1)-1, 0)*int64(limit), int64(len(list)))
		for _, id := range list[from:min(from+int64(limit), int64(len(list)))] {
			x := s.Account(id)
			answer.SubAccounts = append(answer.SubAccounts, binance.SubAccount{
				SubUserID: int64(id), Email: mailOf(id, c.account), Remark: x.Ref, CreateTime: c.time(x.Opened),
			})
		}
	})
	return object{answer}, err
}

// subAssets answers with what a sub-account of the master account that asks has.
func subAssets(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	mail, err := a.p.Str("email")
	if got(a, mail, err); a.err != nil {
		return nil, a.err
	}
	of := a.byMail("email", 0)
	if err := a.end(); err != nil {
		return nil, err
	}
	answer := binance.SubAssets{Balances: []binance.SubBalance{}}
	known := false
	err = v.read(func(s *core.State) {
		if known = slices.Contains(s.SubAccounts(c.account), of); !known {
			return
		}
		out := leaving(s, of)
		for id, b := range s.Balances(of) {
			x := s.Asset(id)
			none := decimal(0, x.Scale)
			answer.Balances = append(answer.Balances, binance.SubBalance{
				Asset: x.Symbol, Free: decimal(b.Free, x.Scale), Locked: decimal(b.Held-out[id], x.Scale), Freeze: none, Withdrawing: decimal(out[id], x.Scale),
			})
		}
	})
	if err == nil && !known {
		err = binance.ErrInvalidData("email", "This is no sub-account of the account whose key asks; see sub-account/list.")
	}
	return object{answer}, err
}
