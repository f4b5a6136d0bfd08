# Clients say postgresql://orders.db.internal/orders, which is a CNAME to the RDS instance.
# A quarter of new lookups leads to pgweir; share = 0 takes them back. Without `record`, first: docs/runbooks/aws-insertion.md.
provider "aws" {
  region = "eu-central-1"
}

data "aws_db_instance" "orders" {
  db_instance_identifier = "orders"
}

module "pgweir" {
  source = "../.."

  name                       = "orders"
  image                      = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/pgweir:0.1.0"
  vpc_id                     = "vpc-0123456789abcdef0"
  subnet_ids                 = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  nodes                      = [data.aws_db_instance.orders.endpoint]
  database_security_group_id = "sg-0123456789abcdef0"
  client_cidr_blocks         = ["10.0.0.0/16"]
  admin_token_secret_arn     = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pgweir-admin-AbCdEf"
  alarm_actions              = ["arn:aws:sns:eu-central-1:123456789012:database-on-call"]

  record = {
    zone_id = "Z0123456789ABCDEFGHIJ"
    name    = "orders.db.internal"
    direct  = data.aws_db_instance.orders.address
    share   = 64
  }
}
