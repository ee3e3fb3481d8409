package daemon

import (
	"portcullis/core/money"
	"portcullis/operator"
	"portcullis/wallet/coin"
)

// network is what follows from a network's name and the venue's public key there.
func network(name, account string) (x operator.Network, err error) {
	n, err := coin.NetworkNamed(name)
	if err != nil {
		return x, err
	}
	keys, err := coin.ParsePublic(n, account)
	if err != nil {
		return x, err
	}
	x = operator.Network{Genesis: n.Genesis(), Dust: money.Amount(n.Dust()), Relay: coin.RelayRate}
	x.Hot, _, err = keys.Address(true, 0)
	return x, err
}
