// Package mariadb keeps a store in a database of a MariaDB server. The driver is go-sql-driver/mysql.
//
// All but this package's few lines is made by durogen from dialect.yaml.
package mariadb
