package wire

import "time"

// ProtocolMinor is the newest minor version of package duro.provider.v1 that this
// code knows, see DescribeResponse.protocol_minor.
const ProtocolMinor = 0

// The sizes of messages, in bytes.
const (
	// MaxInline is the longest encoding that travels as a message of its own. What is
	// longer travels as a transfer.
	MaxInline = 1 << 20
	// MaxFrame bounds a single message on both sides: MaxInline and some room.
	MaxFrame = 4 << 20
	// MaxTransfer bounds what one transfer carries.
	MaxTransfer = 256 << 20
	// MaxMessage bounds the text of an error; what is longer is cut.
	MaxMessage = 16 << 10
)

// Window is how many bytes of frames may be under way before their reader has to catch
// up.
const Window = 16 << 20

// TransferKey is the metadata that names a transfer, with a call or with its answer.
const TransferKey = "duro-transfer"

// Remembered is for how long a transfer waits for the call that names it.
const Remembered = time.Minute
