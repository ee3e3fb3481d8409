package daemon

import (
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// network is what follows from a network's name and the venue's public key there: the hash of its first block, and the hot address.
func network(name, account string) (genesis instruction.BlockHash, hot string, err error) {
	n, err := coin.NetworkNamed(name)
	if err != nil {
		return genesis, "", err
	}
	keys, err := coin.ParsePublic(n, account)
	if err != nil {
		return genesis, "", err
	}
	hot, _, err = keys.Address(true, 0)
	return n.Genesis(), hot, err
}
