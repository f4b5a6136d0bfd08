# One name, two answers: clients move, and move back, as their lookups do, and no connection string changes.
resource "aws_route53_record" "pgweir" {
  count = var.record == null ? 0 : 1

  zone_id        = var.record.zone_id
  name           = var.record.name
  type           = "CNAME"
  ttl            = var.record.ttl
  records        = [aws_lb.this.dns_name]
  set_identifier = "pgweir"

  weighted_routing_policy {
    weight = var.record.share
  }
}

resource "aws_route53_record" "direct" {
  count = var.record == null ? 0 : 1

  zone_id        = var.record.zone_id
  name           = var.record.name
  type           = "CNAME"
  ttl            = var.record.ttl
  records        = [var.record.direct]
  set_identifier = "direct"

  weighted_routing_policy {
    weight = 255 - var.record.share
  }
}
