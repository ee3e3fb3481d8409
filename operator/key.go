package operator

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/instruction"
	"portcullis/internal/mandate"
	"portcullis/internal/secret"
)

const (
	// keyText is how many letters and digits an API key or an HMAC secret has: 381 bits of chance.
	keyText = 64
	// rsaBits is the size of RSA keys that are made here.
	rsaBits = 3072
)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// randomText is keyText letters and digits, each as likely as the other.
func randomText() []byte {
	out := make([]byte, 0, keyText)
	var b [2 * keyText]byte
	const fair = 256 - 256%len(letters) // bytes from here on would favour the first letters
	for {
		rand.Read(b[:])
		for _, x := range b {
			if int(x) < fair && len(out) < keyText {
				out = append(out, letters[int(x)%len(letters)])
			}
		}
		if len(out) == keyText {
			return out
		}
	}
}

func (s *Server) createKey(c *caller, in *CreateKey) (KeyCreated, *problem) {
	var none KeyCreated
	if bad := s.accountExists(in.Account); bad != nil {
		return none, bad
	}
	m, bad := s.mandate(in)
	if bad != nil {
		return none, bad
	}
	s.sealing.RLock()
	defer s.sealing.RUnlock()
	api := string(randomText())
	id := instruction.KeyIDOf(api)
	r := KeyCreated{Name: id.String(), APIKey: api}
	scheme, material, bad := s.material(in, id, &r)
	if bad != nil {
		return none, bad
	}
	r.Outcome, bad = s.do(c, &instruction.CreateKey{
		Account: instruction.Account(in.Account), ID: id, Scheme: scheme, Material: material, Label: in.Label, Mandate: m, Integrator: in.Integrator,
	}, func(e instruction.Event) {
		switch e := e.(type) {
		case *instruction.KeyCreated:
			r.Key = uint32(e.ID)
		case *instruction.MatterOpened:
			r.Matter, r.Due = uint64(e.ID), s.wall(e.Matter.Due)
		}
	})
	if bad != nil {
		return none, bad // what was made for a key that does not exist is shown to nobody
	}
	return r, nil
}

// material is what the venue keeps of the key: the customer's public key, or one that is made here, with the customer's half
// of it in the reply.
func (s *Server) material(in *CreateKey, id instruction.KeyID, r *KeyCreated) (instruction.Scheme, []byte, *problem) {
	if in.PublicKey != "" {
		return publicKey(in)
	}
	scheme, err := instruction.ParseScheme(in.Scheme)
	if err != nil {
		return 0, nil, wrong("malformed-key", "%s", sentence(err))
	}
	if scheme == instruction.HMAC {
		plain := randomText()
		r.Secret = Shown{secret.New(plain)}
		sealed, err := s.cfg.Master.Seal(r.Secret.Bytes, id[:])
		if err != nil {
			return 0, nil, s.failed(err)
		}
		return scheme, sealed, nil
	}
	material, private, err := pair(scheme)
	if err != nil {
		return 0, nil, s.failed(err)
	}
	r.PrivateKey = Shown{private}
	return scheme, material, nil
}

// publicKey reads the customer's public key.
func publicKey(in *CreateKey) (instruction.Scheme, []byte, *problem) {
	block, rest := pem.Decode([]byte(in.PublicKey))
	switch {
	case block == nil:
		return 0, nil, wrong("malformed-key", "The public key is not in PEM form: it begins with -----BEGIN PUBLIC KEY-----.")
	case block.Type != "PUBLIC KEY":
		return 0, nil, wrong("malformed-key", "A PUBLIC KEY is needed, and this is a %q. A private key stays with its owner: "+
			"openssl pkey -in private.pem -pubout writes the public one. If this was a private key in use, make a new one.", block.Type)
	case len(rest) > 0 && len(rest) != countSpace(rest):
		return 0, nil, wrong("malformed-key", "Something follows after the public key: give one key.")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return 0, nil, wrong("malformed-key", "The public key cannot be read: %v.", err)
	}
	scheme, material := instruction.RSA, block.Bytes
	switch k := key.(type) {
	case ed25519.PublicKey:
		scheme, material = instruction.Ed25519, k
	case *rsa.PublicKey:
	default:
		return 0, nil, wrong("malformed-key", "The public key is neither Ed25519 nor RSA.")
	}
	if in.Scheme != "" {
		asked, err := instruction.ParseScheme(in.Scheme)
		if err != nil || asked != scheme {
			return 0, nil, wrong("malformed-key", "The public key is an %s key, and the scheme asked for is %q: leave the scheme out, or give a key of that scheme (a shared secret has no public key).", scheme, in.Scheme)
		}
	}
	if err := credential.CheckMaterial(scheme, material); err != nil { // of an Ed25519 key that was read, nothing can be wrong
		return 0, nil, wrong("malformed-key", "An RSA key has %d to %d bits here, and this one does not.", credential.MinRSABits, credential.MaxRSABits)
	}
	return scheme, material, nil
}

func countSpace(b []byte) int {
	n := 0
	for _, c := range b {
		if c == '\n' || c == '\r' || c == ' ' || c == '\t' {
			n++
		}
	}
	return n
}

// pair makes a key pair: what the venue keeps, and the private key in PEM.
func pair(scheme instruction.Scheme) ([]byte, secret.Bytes, error) {
	var private crypto.PrivateKey
	var material []byte
	switch scheme {
	case instruction.Ed25519:
		public, p, err := ed25519.GenerateKey(nil)
		if err != nil {
			return nil, secret.Bytes{}, err
		}
		private, material = p, public
	case instruction.RSA:
		p, err := rsa.GenerateKey(nil, rsaBits)
		if err != nil {
			return nil, secret.Bytes{}, err
		}
		if material, err = x509.MarshalPKIXPublicKey(&p.PublicKey); err != nil {
			return nil, secret.Bytes{}, err
		}
		private = p
	default:
		return nil, secret.Bytes{}, fmt.Errorf("operator: %v keys have no pair", scheme)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, secret.Bytes{}, errors.New("operator: a private key cannot be written down")
	}
	return material, secret.New(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

func (s *Server) listKeys(_ *caller, in *ListKeys) (Keys, *problem) {
	r := Keys{Keys: []Key{}}
	bad := s.read(func(st *core.State) {
		last := uint32(st.Keys())
		n := in.After
		for ; n < last && len(r.Keys) < MaxPage; n++ {
			k := st.Key(instruction.Credential(n + 1))
			if in.Account == 0 || k.Account == instruction.Account(in.Account) {
				r.Keys = append(r.Keys, key(st, instruction.Credential(n+1), k))
			}
		}
		if r.More = n < last; r.More {
			r.Next = n
		}
	})
	return r, bad
}

// key is one key as a reply shows it.
func key(st *core.State, c instruction.Credential, k *credential.Key) Key {
	m := k.Mandate()
	r := Key{
		Key: uint32(c), Name: k.ID.String(), Account: uint32(k.Account), Scheme: k.Scheme.String(), Label: k.Label(),
		Integrator: k.Integrator(), Rights: mandate.Rights(m.Rights), Symbols: mandate.Symbols(st, m.Markets), Networks: mandate.Networks(m.Networks),
		Trades: mandate.Caps(st, m.Trades), Withdrawals: mandate.Caps(st, m.Withdrawals), Codes: mandate.Caps(st, m.Codes), Owner: k.Owner(), Legacy: k.Legacy,
		Created: text(k.Created), Expires: text(m.Expires), Revoked: text(k.Revoked),
	}
	if k.Quarantine != 0 {
		r.Quarantine, r.Incident = k.Quarantine.String(), uint32(k.Incident)
	}
	if k.Ages() {
		r.Renewed = text(st.Clock().Wall(k.Renewed))
		r.Ages = text(st.Clock().Wall(k.Renewed + instruction.Year))
	}
	for _, id := range st.Matters(k.Account) {
		if m := st.Matter(id); m.Kind == instruction.Widening && m.Credential == c {
			r.Waiting = uint64(id)
		}
	}
	return r
}

func (s *Server) revokeKey(c *caller, in *RevokeKey) (Outcome, *problem) {
	k, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return Outcome{}, bad
	}
	return s.do(c, &instruction.RevokeKey{Credential: k}, nil)
}

// named is the key of a number, or of a name or API key's text; the number may be of none.
func (s *Server) named(number uint32, name string) (instruction.Credential, *problem) {
	if (number == 0) == (name == "") {
		return 0, wrong("malformed-command", "Name the key by its number, or by its name or text: one of the two.")
	}
	found := instruction.Credential(number)
	if name != "" {
		id := instruction.KeyIDOf(name)
		if b, err := hex.DecodeString(name); err == nil && len(b) == len(id) {
			id = instruction.KeyID(b)
		}
		if bad := s.read(func(st *core.State) { found = st.KeyNamed(id) }); bad != nil {
			return 0, bad
		}
		if found == 0 {
			return 0, wrong("unknown-credential", "There is no key of this name or text.")
		}
	}
	return found, nil
}
