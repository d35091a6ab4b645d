package wire

// What a host and its child agree on before they speak the protocol. None of it keeps
// anybody out: it tells a program that was run by hand from one that a host started.
const (
	// CookieKey and Cookie are an environment variable that the host sets.
	CookieKey = "DURO_PLUGIN_COOKIE"
	Cookie    = "8c2d7d0e-duro-provider"
	// ProtocolMajor is the major version of the protocol: package duro.provider.v1.
	ProtocolMajor = 1
	// ServiceName names the plugin in the handshake's table.
	ServiceName = "provider"
	// LifelineKey is set to the number of a file descriptor that is at its end when the
	// host is gone: the child ends then, too.
	LifelineKey = "DURO_PLUGIN_LIFELINE"
	// FolderKey is set to the folder of the child's socket, which a child that lost its
	// host removes.
	FolderKey = "DURO_PLUGIN_FOLDER"
	// LogLevelKey is set to the level that is worth logging.
	LogLevelKey = "DURO_PLUGIN_LOG_LEVEL"
)
