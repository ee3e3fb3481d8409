package operator

import (
	"bytes"
	"crypto/subtle"
	"strings"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/mandate"
)

// Limits of what is imported, in bytes.
const (
	maxAPIKey = 256
	maxSecret = 256
)

// importKeys brings keys over. They are given to the engine all at once, so that they share the waits for the disk.
func (s *Server) importKeys(c *caller, in *ImportKeys) (KeysImported, *problem) {
	if len(in.Keys) == 0 || len(in.Keys) > MaxImport {
		return KeysImported{}, wrong("malformed-command", "One command imports 1 to %d keys, and this one %d.", MaxImport, len(in.Keys))
	}
	s.sealing.RLock()
	defer s.sealing.RUnlock()
	r := KeysImported{Results: make([]ImportResult, len(in.Keys))}
	fatal := make([]*problem, len(in.Keys))
	var all sync.WaitGroup
	for i := range in.Keys {
		all.Go(func() { r.Results[i], fatal[i] = s.importKey(c, &in.Keys[i], in.DryRun) })
	}
	all.Wait()
	for _, bad := range fatal {
		if bad != nil { // the venue itself failed: of the others nobody is told, and giving them again says what became of them
			return KeysImported{}, bad
		}
	}
	return r, nil
}

// importKey brings one key over. The problem is one of the venue, not of the key.
func (s *Server) importKey(c *caller, in *ImportKey, dry bool) (ImportResult, *problem) {
	r := ImportResult{Line: in.Line, Outcome: Rejected}
	reject := func(bad *problem) (ImportResult, *problem) {
		if bad.status >= 500 {
			return ImportResult{}, bad
		}
		r.Refusal = bad.outcome.Refusal
		return r, nil
	}
	i, bad := s.imported(in)
	if bad != nil {
		return reject(bad)
	}
	for range 2 { // another command may bring the same key meanwhile
		known, bad := s.known(i, in, &r)
		if bad != nil {
			return reject(bad)
		}
		if known {
			return r, nil
		}
		if dry {
			var why instruction.Reason
			if bad := s.read(func(st *core.State) { why = st.TestKey(i) }); bad != nil {
				return reject(bad)
			}
			if why != 0 {
				return reject(wrong(why.String(), "%s", why.Sentence()))
			}
			r.Outcome = Sound
			return r, nil
		}
		_, bad = s.do(c, i, func(e instruction.Event) {
			if e, ok := e.(*instruction.KeyCreated); ok {
				r.Key = uint32(e.ID)
			}
		})
		if bad == nil {
			r.Outcome = Imported
			return r, nil
		}
		if bad.outcome.Refusal.Code != instruction.KeyTaken.String() {
			return reject(bad)
		}
	}
	return reject(wrong(instruction.KeyTaken.String(), "%s", instruction.KeyTaken.Sentence()))
}

// known says that the key is here already. One that is another account's, or verifies by something else, is a problem.
func (s *Server) known(i *instruction.CreateKey, in *ImportKey, r *ImportResult) (bool, *problem) {
	var bad *problem
	failed := s.read(func(st *core.State) {
		n := st.KeyNamed(i.ID)
		if n == 0 {
			return
		}
		k := st.Key(n)
		switch {
		case k.Account != i.Account:
			bad = wrong("key-taken", "This API key is here already, as key %d of account %d. An API key belongs to one account.", n, k.Account)
		case k.Scheme != i.Scheme || k.Revoked == 0 && !s.verifiesBy(k.Material(), i, in):
			bad = wrong("key-taken", "This API key is here already, as key %d, with another secret or public key.", n)
		default:
			r.Outcome, r.Key = Known, uint32(n)
		}
	})
	if failed != nil {
		bad = failed
	}
	return r.Outcome == Known, bad
}

// verifiesBy says that the venue keeps of a key what is given.
func (s *Server) verifiesBy(material []byte, i *instruction.CreateKey, in *ImportKey) bool {
	if i.Scheme != instruction.HMAC {
		return bytes.Equal(material, i.Material)
	}
	plain, err := s.cfg.Master.Open(material, i.ID[:])
	return err == nil && subtle.ConstantTimeCompare(plain.Reveal(), in.Secret.Reveal()) == 1
}

// imported is the instruction that brings a key over.
func (s *Server) imported(in *ImportKey) (*instruction.CreateKey, *problem) {
	i := &instruction.CreateKey{ID: instruction.KeyIDOf(in.APIKey), Label: in.Label, Integrator: in.Integrator, Legacy: true}
	var bad *problem
	if i.Account, bad = s.importAccount(in); bad != nil {
		return nil, bad
	}
	if len(in.APIKey) == 0 || len(in.APIKey) > maxAPIKey || strings.ContainsFunc(in.APIKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, wrong("malformed-key", "An API key has 1 to %d characters of printable ASCII without blanks, and this one does not.", maxAPIKey)
	}
	if i.Created, bad = s.importDate(in.Created); bad != nil {
		return nil, bad
	}
	if i.Scheme, i.Material, bad = s.importMaterial(in, i.ID); bad != nil {
		return nil, bad
	}
	i.Mandate.Rights = instruction.MayRead | instruction.MayTrade | instruction.MayWithdraw | instruction.MayTransfer
	asked := mandate.Mandate{Symbols: &in.Symbols, Networks: &in.Networks, Expires: &in.Expires}
	if len(in.Rights) > 0 {
		asked.Rights = &in.Rights
	}
	if bad = s.over(&i.Mandate, &asked); bad == nil && i.Mandate.Rights.Has(instruction.MayOwn) {
		bad = wrong(instruction.UnsafeOwning.String(), "An owner's key is not brought over: make a new one, by portcullis key create --owner.")
	}
	return i, bad
}

// importAccount is the account that a key is of.
func (s *Server) importAccount(in *ImportKey) (a instruction.Account, bad *problem) {
	switch {
	case (in.Account == 0) == (in.Ref == ""):
		return 0, wrong("unknown-account", "Name the account by its number, or by its reference: one of the two.")
	case in.Account != 0:
		return instruction.Account(in.Account), s.accountExists(in.Account)
	}
	if bad = s.read(func(st *core.State) { a = st.AccountNamed(in.Ref) }); bad == nil && (a == 0 || a == instruction.Fees) {
		bad = wrong("unknown-account", "There is no account of the reference %q. Open it first: portcullis account create --ref.", in.Ref)
	}
	return a, bad
}

// importDate is when a key was created elsewhere.
func (s *Server) importDate(date string) (instruction.Time, *problem) {
	if date == "" {
		return 0, nil
	}
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		at, err = time.Parse(time.RFC3339, date)
	}
	now := s.cfg.Engine.Now()
	switch t := instruction.TimeOf(at); {
	case err != nil:
		return 0, wrong("malformed-date", "%q is no date: write a day such as 2017-03-01, or a moment such as 2017-03-01T12:00:00Z.", date)
	case t <= 0:
		return 0, wrong("malformed-date", "%q is before 1970.", date)
	case t > now:
		return 0, wrong("malformed-date", "%q lies ahead: it is %s now. A key's date is when it was created.", date, text(now))
	default:
		return t, nil
	}
}

// importMaterial is what the venue keeps of a key.
func (s *Server) importMaterial(in *ImportKey, id instruction.KeyID) (instruction.Scheme, []byte, *problem) {
	switch hidden := in.Secret.Reveal(); {
	case len(hidden) == 0 == (in.PublicKey == ""):
		return 0, nil, wrong("malformed-key", "A key has a secret (HMAC) or a public key (Ed25519, RSA): give one of the two.")
	case in.PublicKey != "":
		pem := in.PublicKey
		if !strings.Contains(pem, "-----") {
			pem = "-----BEGIN PUBLIC KEY-----\n" + pem + "\n-----END PUBLIC KEY-----\n"
		}
		return publicKey(&CreateKey{PublicKey: pem})
	case len(hidden) > maxSecret:
		return 0, nil, wrong("malformed-key", "A secret has at most %d bytes, and this one has more.", maxSecret)
	}
	sealed, err := s.cfg.Master.Seal(in.Secret.Bytes, id[:])
	if err != nil {
		return 0, nil, s.failed(err)
	}
	return instruction.HMAC, sealed, nil
}
