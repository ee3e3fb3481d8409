package coin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil/v2/hdkeychain"

	"portcullis/internal/secret"
)

// Lengths of a seed, in bytes. BIP 32 would take 16; a seed that came of a mnemonic has 64.
const (
	newSeed = 32
	maxSeed = hdkeychain.MaxSeedBytes
)

// hardened is where the indices begin that need the private key.
const hardened = hdkeychain.HardenedKeyStart

// Seed is what all keys come from. It prints as nothing.
type Seed struct {
	hidden
	bytes secret.Bytes
}

// NewSeed makes a seed of 32 random bytes.
func NewSeed() *Seed {
	b := make([]byte, newSeed)
	rand.Read(b) // never fails
	return &Seed{bytes: secret.New(b)}
}

// ParseSeed reads a seed: 32 to 64 bytes in hexadecimal digits. The error does not repeat them.
func ParseSeed(text string) (*Seed, error) {
	if len(text) < 2*newSeed || len(text) > 2*maxSeed {
		return nil, fmt.Errorf("a seed has %d to %d hexadecimal digits; this has %d letters", 2*newSeed, 2*maxSeed, len(text))
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil, errors.New("a seed is an even number of hexadecimal digits and nothing else")
	}
	return &Seed{bytes: secret.New(b)}, nil
}

// Reveal is the seed as ParseSeed reads it. It must go nowhere but into the signer's file.
func (s *Seed) Reveal() string { return hex.EncodeToString(s.bytes.Reveal()) }

// Account derives the keys of a network, at m/84'/coin'/0'. It fails for one seed in 2^127.
func (s *Seed) Account(n *Network) (*Keys, error) {
	k, err := hdkeychain.NewMaster(s.bytes.Reveal(), n.keys)
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", n.Name, err)
	}
	for _, step := range []uint32{84, n.slip44, 0} {
		if k, err = k.Derive(hardened + step); err != nil {
			return nil, fmt.Errorf("keys of %s: %w", n.Name, err)
		}
	}
	public, err := publicOf(n, k)
	if err != nil {
		return nil, err
	}
	keys := &Keys{public: public}
	if keys.branches, err = branchesOf(k); err == nil {
		keys.hot, err = keys.pair(true, 0)
	}
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", n.Name, err)
	}
	return keys, nil
}

// Keys are the private keys of a network. They print as nothing, and may be used from several goroutines.
type Keys struct {
	hidden
	public   *Public
	branches [2]*hdkeychain.ExtendedKey
	hot      pair // of the first change address, to which most of what is spent is locked
}

// pair is a private key and its public one as witnesses have it.
type pair struct {
	private *btcec.PrivateKey
	public  []byte
}

func (k *Keys) pair(change bool, index uint32) (pair, error) {
	if change && index == 0 && k.hot.private != nil {
		return k.hot, nil
	}
	private, err := k.Key(change, index)
	if err != nil {
		return pair{}, err
	}
	return pair{private, private.PubKey().SerializeCompressed()}, nil
}

// Public is what others may know of these keys.
func (k *Keys) Public() *Public { return k.public }

// Key is the private key of our address with that index, which is less than 2^31.
func (k *Keys) Key(change bool, index uint32) (*btcec.PrivateKey, error) {
	if index >= hardened {
		return nil, errIndex(index)
	}
	child, err := (*pick(k.branches, change)).Derive(index)
	if err != nil {
		return nil, err
	}
	return child.ECPrivKey()
}

// Public makes the addresses of a network without any private key. It is of one network, and may be used from several
// goroutines.
type Public struct {
	network  *Network
	text     string
	branches [2]branch
	hot      []byte // script of the first change address
}

// ParsePublic reads what String writes: the extended public key of m/84'/coin'/0', as xpub or tpub. Live networks share
// their form, so that one of another coin cannot be told from this one's.
func ParsePublic(n *Network, text string) (*Public, error) {
	if len(text) > 2*maxAddress {
		return nil, fmt.Errorf("no extended public key has %d letters", len(text))
	}
	k, err := hdkeychain.NewKeyFromString(text)
	switch {
	case err != nil:
		return nil, errors.New("not an extended public key: mistyped, or of another kind")
	case k.IsPrivate():
		return nil, errors.New("this is an extended private key, and known to too many now; give the public one")
	case !k.IsForNet(n.keys):
		begins := "xpub"
		if n.Test() {
			begins = "tpub"
		}
		return nil, fmt.Errorf("a public key of %s begins with %s, and this with %.4s: it was made for another network (portcullis signer show --network %s)", n.Name, begins, text, n.Name)
	case k.Depth() != 3 || k.ChildIndex() != hardened:
		return nil, fmt.Errorf("%.120q: not the key of an account (m/84'/%d'/0'): it stands at depth %d", text, n.slip44, k.Depth())
	}
	return publicOf(n, k)
}

func publicOf(n *Network, account *hdkeychain.ExtendedKey) (*Public, error) {
	if account.IsPrivate() {
		var err error
		if account, err = account.Neuter(); err != nil {
			return nil, fmt.Errorf("public key of %s: %w", n.Name, err)
		}
	}
	branches, err := branchesOf(account)
	if err != nil {
		return nil, fmt.Errorf("public key of %s: %w", n.Name, err)
	}
	p := &Public{network: n, text: account.String()}
	for i, b := range branches {
		if p.branches[i], err = branchOf(b); err != nil {
			return nil, fmt.Errorf("public key of %s: %w", n.Name, err)
		}
	}
	if p.hot, err = p.script(true, 0); err != nil {
		return nil, fmt.Errorf("public key of %s: %w", n.Name, err)
	}
	return p, nil
}

// Network is the network of these addresses.
func (p *Public) Network() *Network { return p.network }

// String is the key in its usual form, xpub… or tpub….
func (p *Public) String() string { return p.text }

// Address is our address with that index, less than 2^31: the deposits of the account with that number, or change.
func (p *Public) Address(change bool, index uint32) (text string, script []byte, err error) {
	if script, err = p.script(change, index); err != nil {
		return "", nil, err
	}
	text, _ = p.network.Address(script) // P2WPKH always has one
	return text, slices.Clone(script), nil
}

// script is that of an address of ours; it must not be changed.
func (p *Public) script(change bool, index uint32) ([]byte, error) {
	if change && index == 0 && p.hot != nil {
		return p.hot, nil
	}
	key, err := pick(p.branches, change).key(index)
	if err != nil {
		return nil, err
	}
	return witnessScript(op0, address.Hash160(key.SerializeCompressed())), nil
}

// branch makes public keys, and is quicker at it than the library, which finds the parent's point anew for each child:
// whoever starts with a million customers waits for it.
type branch struct {
	chain, parent []byte
	point         btcec.JacobianPoint // of parent
}

func branchOf(k *hdkeychain.ExtendedKey) (b branch, err error) {
	key, err := k.ECPubKey()
	if err != nil {
		return b, err
	}
	b.chain, b.parent = k.ChainCode(), key.SerializeCompressed()
	key.AsJacobian(&b.point)
	return b, nil
}

// key is BIP 32's CKDpub.
func (b *branch) key(index uint32) (*btcec.PublicKey, error) {
	if index >= hardened {
		return nil, errIndex(index)
	}
	mac := hmac.New(sha512.New, b.chain)
	mac.Write(b.parent)
	mac.Write(binary.BigEndian.AppendUint32(nil, index))
	var step btcec.ModNScalar
	var sum btcec.JacobianPoint
	overflow := step.SetByteSlice(mac.Sum(nil)[:32])
	btcec.ScalarBaseMultNonConst(&step, &sum)
	btcec.AddNonConst(&sum, &b.point, &sum)
	if sum.ToAffine(); overflow || sum.X.IsZero() && sum.Y.IsZero() {
		return nil, fmt.Errorf("our key %d does not exist, as one in 2^127 does not", index)
	}
	return btcec.NewPublicKey(&sum.X, &sum.Y), nil
}

// branchesOf derives both branches, ready for use by many: the library computes a public key at its first use.
func branchesOf(account *hdkeychain.ExtendedKey) (branches [2]*hdkeychain.ExtendedKey, err error) {
	for i := range branches {
		if branches[i], err = account.Derive(uint32(i)); err != nil {
			return branches, err
		}
		if _, err = branches[i].ECPubKey(); err != nil {
			return branches, err
		}
	}
	return branches, nil
}

func pick[T any](branches [2]T, change bool) *T {
	if change {
		return &branches[1]
	}
	return &branches[0]
}

func errIndex(index uint32) error {
	return fmt.Errorf("our addresses have indices below 2^31; %d is none", index)
}

// hidden makes whatever has it print, log and encode as nothing.
type hidden struct{}

const redacted = "[redacted]"

func (hidden) String() string               { return redacted }
func (hidden) GoString() string             { return redacted }
func (hidden) Format(f fmt.State, _ rune)   { io.WriteString(f, redacted) }
func (hidden) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (hidden) MarshalText() ([]byte, error) { return []byte(redacted), nil }
