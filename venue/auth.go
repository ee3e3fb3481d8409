package venue

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"

	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/instruction"
	"portcullis/core/sighting"
	"portcullis/dialect/binance"
)

// Bounds of an API key's text. What it must look like beyond that is whoever made it to say.
const (
	minKeyText = 16
	maxKeyText = 128
)

// keyText says whether a text can be an API key: letters, digits, '-' and '_'.
func keyText(s string) bool {
	if len(s) < minKeyText || len(s) > maxKeyText {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// known is what the state says of a key that a request names.
type known struct {
	credential instruction.Credential // 0: no such key
	account    instruction.Account
	scheme     instruction.Scheme
	material   []byte
	verdict    instruction.Verdict // on reading
}

// authenticate finds the call's caller: the key, its signature over the raw bytes, and that the request is in time. For
// calls that read it also asks the gate; those that trade are judged by the engine.
func (v *Venue) authenticate(c *call) *binance.Error {
	if !keyText(c.apiKey) {
		return binance.ErrKeyFormat()
	}
	signature, err := c.params.Signature()
	if err != nil {
		return err
	}
	timing, err := c.params.Timing()
	if err != nil {
		return err
	}
	if err := timing.Check(int64(v.engine.Now())); err != nil {
		return err
	}
	id := instruction.KeyIDOf(c.apiKey)
	payload := c.params.AppendPayload(nil) // without method and path, which nobody signs in this dialect
	c.principal = instruction.Principal{
		Giver: instruction.ByCredential, Addr: c.addr, Client: c.client, Request: instruction.DigestOf(id, payload),
		Sent: instruction.Time(timing.Timestamp), Window: instruction.Time(timing.RecvWindow), Hosting: v.hosting != nil && v.hosting(c.addr),
	}
	k, err := v.lookUp(id, &c.principal, !c.reads())
	if err != nil {
		return err
	}
	err = v.verify(id, &k, payload, signature)
	v.saw(c, &k, err == nil)
	if err != nil {
		return err
	}
	if !v.uses.bind(v.engine.Now(), c.principal.Request, c.route) {
		return refused(instruction.RequestSeen, false)
	}
	c.principal.Credential, c.account, c.scheme = k.credential, k.account, k.scheme
	return c.mayRead(k.verdict)
}

// mayRead refuses a call that reads where the gate denies that, and any call of a key that no longer lives.
func (c *call) mayRead(verdict instruction.Verdict) *binance.Error {
	if c.reads() && verdict.Decision != instruction.Allow || sighting.Dead(verdict.Reason()) {
		return refused(verdict.Reason(), false)
	}
	return nil
}

// saw takes note of whose key was used, where that leaves no record of its own. A decoy was taken note of when it was named.
func (v *Venue) saw(c *call, k *known, signed bool) {
	asks := !c.reads() && !strings.HasSuffix(c.route.WS, ".test") // a test of an order is on no record either
	if dead, proven, ok := sighting.Of(k.verdict.Reason(), k.scheme, signed, asks); ok {
		v.sights.Saw(&c.principal, dead, proven)
	}
}

// lookUp copies what verifying needs out of the state. For what the engine will judge a glance will do where it shows the
// key: what became of the key since is found there, and an order need not wait for those before it to be folded.
//
// Nobody knows the text of a decoy who has not read what it was put into, so that naming one is enough to be told of,
// whatever is asked and however it is signed.
func (v *Venue) lookUp(id instruction.KeyID, p *instruction.Principal, judged bool) (k known, err *binance.Error) {
	now := v.engine.Now()
	look := func(s *core.State) {
		p.Credential = s.KeyNamed(id)
		k.verdict = s.MayRead(now, p)
		if x := s.Key(p.Credential); x != nil {
			k.credential, k.account, k.scheme, k.material = p.Credential, x.Account, x.Scheme, x.Material()
		}
	}
	if !judged || v.engine.Glance(look) != nil || k.credential == 0 {
		err = v.read(look)
	}
	if k.verdict.Reason() == instruction.CanaryCredential {
		v.log.Warn("a decoy key was used: what it was put into has leaked; see backup list", "key", id, "number", k.credential, "addr", p.Addr)
		v.sights.Saw(p, true, true)
	}
	return k, err
}

// verify checks the signature. Where there is no such key, or no secret is left of it, it does the work that the
// signature would have asked for all the same, so that the time it takes tells nothing.
//
// A deleted public key still verifies: whoever signs with it holds it, and that goes on record.
func (v *Venue) verify(id instruction.KeyID, k *known, payload []byte, signature string) *binance.Error {
	switch {
	case k.credential == 0:
		decoy(payload, signature)
		return refused(instruction.UnknownCredential, false)
	case k.material == nil:
		decoy(payload, signature)
		return refused(k.verdict.Reason(), false)
	case k.scheme == instruction.HMAC:
		// Opening costs half a microsecond, so that no secret need be kept in the clear for longer than this takes.
		mac, bad := hex.DecodeString(signature)
		secret, err := v.secrets.Open(k.material, id[:])
		if err != nil {
			v.log.Error("the secret of a key cannot be opened", "key", id, "err", err)
			return binance.ErrDisconnected()
		}
		if credential.VerifyHMAC(secret.Reveal(), payload, mac) != nil || bad != nil {
			return binance.ErrSignature()
		}
	default:
		sig, bad := base64.StdEncoding.DecodeString(signature)
		if credential.Verify(k.scheme, k.material, payload, sig) != nil || bad != nil {
			return binance.ErrSignature()
		}
	}
	return nil
}

// decoys are keys that nobody has the other half of.
var decoys = makeDecoys()

type decoyKeys struct{ ed25519, rsa, hmac []byte }

func makeDecoys() decoyKeys {
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // the system's randomness does not fail
	}
	modulus, secret := make([]byte, 256), make([]byte, 32)
	rand.Read(modulus)
	rand.Read(secret)
	modulus[0] |= 0x80
	modulus[255] |= 1
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537})
	if err != nil {
		panic(err) // a public key of two positive numbers always encodes
	}
	return decoyKeys{public, der, secret}
}

// decoy verifies against a key that nobody has, by the scheme that the signature's form speaks of.
func decoy(payload []byte, signature string) {
	if mac, err := hex.DecodeString(signature); err == nil {
		_ = credential.VerifyHMAC(decoys.hmac, payload, mac)
		return
	}
	sig, _ := base64.StdEncoding.DecodeString(signature)
	if len(sig) > 64 {
		_ = credential.Verify(instruction.RSA, decoys.rsa, payload, sig)
	} else {
		_ = credential.Verify(instruction.Ed25519, decoys.ed25519, payload, sig)
	}
}
