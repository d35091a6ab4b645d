package core

import "testing"

type adminLess struct{ Provider }

type adminSayer struct {
	Provider
	admin ProviderAdmin
}

func (a adminSayer) ProviderAdmin() (ProviderAdmin, bool) { return a.admin, a.admin != nil }

type someAdmin struct{ ProviderAdmin }

// A provider without the method has no admin half, and one with it may say no.
func TestAdminDiscovery(t *testing.T) {
	if _, ok := Admin(adminLess{}); ok {
		t.Error("found an admin half where there is none")
	}
	if _, ok := Admin(adminSayer{}); ok {
		t.Error("the provider said no")
	}
	if a, ok := Admin(adminSayer{admin: someAdmin{}}); !ok || a == nil {
		t.Error("the provider said yes")
	}
}

func TestInstanceTree(t *testing.T) {
	if tree := (&InstanceTree{RootID: "r", AllIDs: []string{"r"}}); !tree.IsRootOnly() || tree.Size() != 1 {
		t.Error("a root alone")
	}
	if tree := (&InstanceTree{RootID: "r", AllIDs: []string{"r", "c"}}); tree.IsRootOnly() || tree.Size() != 2 {
		t.Error("a root with a child")
	}
}
