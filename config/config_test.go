package config

var inTree = []string{"sqlite", "postgres", "postgresql", "mysql", "mariadb"}
