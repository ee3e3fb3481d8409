package coin

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/address/v2/base58"
	"github.com/btcsuite/btcd/address/v2/bech32"
)

// maxAddress is the length that bech32's checksum is made for. Base58 addresses have about 34 letters.
const maxAddress = 90

// Opcodes that output scripts of the common forms are made of.
const (
	op0           = 0x00
	op1           = 0x51
	opDup         = 0x76
	opEqual       = 0x87
	opEqualVerify = 0x88
	opHash160     = 0xa9
	opCheckSig    = 0xac
)

// form is an address taken apart: what it pays to, and how it says on which network.
type form struct {
	hrp     string // empty in base58
	prefix  byte   // base58 only
	version byte   // of the witness
	program []byte // the hash or key that is paid to
}

// Script is the output script that pays to an address of this network: P2PKH, P2SH, P2WPKH, P2WSH, and P2TR where the chain
// has it. The error says what is wrong: the checksum, mixed case, a form that is not known or not enforced here, or
// which other networks the address belongs to.
func (n *Network) Script(address string) ([]byte, error) {
	if script, ok := n.quick(address); ok {
		return script, nil
	}
	return n.slow(address)
}

// slow is Script by way of the library, which says what is wrong.
func (n *Network) slow(address string) ([]byte, error) {
	f, err := n.form(address)
	if err != nil {
		return nil, fmt.Errorf("address %.100q: %w", address, err)
	}
	switch {
	case f.hrp == "" && f.prefix == n.p2pkh:
		return slices.Concat([]byte{opDup, opHash160, 20}, f.program, []byte{opEqualVerify, opCheckSig}), nil
	case f.hrp == "":
		return slices.Concat([]byte{opHash160, 20}, f.program, []byte{opEqual}), nil
	case f.version == 0:
		return witnessScript(op0, f.program), nil
	default:
		return witnessScript(op1, f.program), nil
	}
}

func witnessScript(version byte, program []byte) []byte {
	return append([]byte{version, byte(len(program))}, program...) // #nosec G115 -- 20 or 32
}

// Address is the address that a script is paid by, in the form that Script takes; false if there is none.
func (n *Network) Address(script []byte) (string, bool) {
	switch s := script; {
	case len(s) == 25 && s[0] == opDup && s[1] == opHash160 && s[2] == 20 && s[23] == opEqualVerify && s[24] == opCheckSig:
		return n.base58(s[3:23], n.p2pkh)
	case len(s) == 23 && s[0] == opHash160 && s[1] == 20 && s[22] == opEqual:
		return n.base58(s[2:22], n.p2sh)
	case len(s) == 22 && s[0] == op0 && s[1] == 20, len(s) == 34 && s[0] == op0 && s[1] == 32:
		return n.segwit(bech32.Encode, 0, s[2:])
	case len(s) == 34 && s[0] == op1 && s[1] == 32 && n.taproot:
		return n.segwit(bech32.EncodeM, 1, s[2:])
	default:
		return "", false
	}
}

func (n *Network) base58(hash []byte, prefix byte) (string, bool) {
	if !n.legacy {
		return "", false
	}
	return base58.CheckEncode(hash, prefix), true
}

func (n *Network) segwit(encode func(string, []byte) (string, error), version byte, program []byte) (string, bool) {
	groups, err := bech32.ConvertBits(program, 8, 5, true)
	if err != nil {
		return "", false
	}
	text, err := encode(n.hrp, append([]byte{version}, groups...))
	return text, err == nil
}

// form reads an address and holds it against the network.
func (n *Network) form(address string) (form, error) {
	hrp := ""
	if one := strings.LastIndexByte(address, '1'); one > 0 {
		hrp = strings.ToLower(address[:one])
	}
	for _, o := range networks {
		if hrp != "" && hrp == o.mweb {
			return form{}, errors.New("it lies in litecoin's extension blocks (MWEB), which are not paid to; give one of another kind")
		}
	}
	if len(address) > maxAddress {
		return form{}, fmt.Errorf("longer than %d letters, which no address is", maxAddress)
	}
	read := readBase58
	if slices.ContainsFunc(networks, func(o *Network) bool { return o.hrp == hrp }) {
		read = readSegwit
	}
	f, err := read(address)
	if err != nil {
		return form{}, err
	}
	if !n.has(f) {
		return form{}, n.elsewhere(f)
	}
	return f, n.enforces(f)
}

// has says whether an address is written as this network's are.
func (n *Network) has(f form) bool {
	if f.hrp != "" {
		return f.hrp == n.hrp
	}
	return n.legacy && (f.prefix == n.p2pkh || f.prefix == n.p2sh)
}

func (n *Network) elsewhere(f form) error {
	var names []string
	for _, o := range networks {
		if o.has(f) {
			names = append(names, o.Name)
		}
	}
	if names == nil {
		return fmt.Errorf("no network that is known here writes addresses so; those of %s begin with %s1", n.Name, n.hrp)
	}
	return fmt.Errorf("it is an address of %s, not of %s", strings.Join(names, " or "), n.Name)
}

// enforces refuses what this network has no rules for: coins that anybody might take.
func (n *Network) enforces(f form) error {
	switch {
	case f.hrp == "" || f.version == 0:
		return nil
	case f.version > 1 || len(f.program) != 32:
		return fmt.Errorf("no rule is known for witness version %d with %d bytes, so what is paid to it might be lost", f.version, len(f.program))
	case !n.taproot:
		return fmt.Errorf("%s has no taproot, so what is paid to it would be anybody's", n.Name)
	}
	return nil
}

var (
	errChecksum = errors.New("its checksum is wrong: at least one letter is mistyped or missing")
	errForm     = errors.New("not an address: neither base58 nor bech32 of a form that is known")
)

func readBase58(address string) (form, error) {
	hash, prefix, err := base58.CheckDecode(address)
	switch {
	case errors.Is(err, base58.ErrChecksum):
		return form{}, errChecksum
	case err != nil, len(hash) != 20:
		return form{}, errForm
	}
	return form{prefix: prefix, program: hash}, nil
}

// readSegwit follows BIP 173 and BIP 350. It does not say which letters would be right: who corrects an address by guessing
// may pay somebody else.
func readSegwit(address string) (form, error) {
	hrp, data, encoding, err := bech32.DecodeGeneric(address)
	switch {
	case errors.As(err, new(bech32.ErrInvalidChecksum)):
		return form{}, errChecksum
	case errors.As(err, new(bech32.ErrMixedCase)):
		return form{}, errors.New("it mixes small and capital letters; give it in small ones")
	case err != nil || len(data) == 0 || data[0] > 16:
		return form{}, errForm
	}
	want := bech32.VersionM
	if data[0] == 0 {
		want = bech32.Version0
	}
	if encoding != want {
		return form{}, fmt.Errorf("%w (witness version %d has another kind of checksum)", errChecksum, data[0])
	}
	program, err := bech32.ConvertBits(data[1:], 5, 8, false)
	if err != nil || len(program) < 2 || len(program) > 40 || data[0] == 0 && len(program) != 20 && len(program) != 32 {
		return form{}, errForm
	}
	return form{hrp: hrp, version: data[0], program: program}, nil
}
