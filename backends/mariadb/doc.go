// Package mariadb keeps a store in a mariadb database, which takes the driver of package mysql.
//
// All but this package's few lines is made by durogen from dialect.yaml.
package mariadb
