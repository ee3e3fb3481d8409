package main

import (
	_ "portcullis/venue"
	_ "portcullis/wallet"
)
