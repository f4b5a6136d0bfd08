data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

locals {
  # Without the key of a secret that may stand behind an ARN.
  secret_arns = distinct([
    for arn in compact(concat([var.admin_token_secret_arn, var.tls.secret_arn], values(var.secrets))) :
    join(":", slice(split(":", arn), 0, 7))
  ])
}

# What ECS does before pgweir runs: image, its own log, secrets into the environment.
resource "aws_iam_role" "execution" {
  name_prefix        = "pgweir-${var.name}-exec-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = local.tags
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "execution" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = local.secret_arns
  }

  dynamic "statement" {
    for_each = length(var.kms_key_arns) == 0 ? [] : [var.kms_key_arns]

    content {
      actions   = ["kms:Decrypt"]
      resources = statement.value
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "secrets"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

# What pgweir itself does.
resource "aws_iam_role" "task" {
  name_prefix        = "pgweir-${var.name}-task-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = local.tags
}

data "aws_iam_policy_document" "task" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.audit.arn}:*", "${aws_cloudwatch_log_group.metrics.arn}:*"]
  }

  dynamic "statement" {
    for_each = length(var.iam_database_users) == 0 ? [] : [var.iam_database_users]

    content {
      actions   = ["rds-db:connect"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(var.role_secret_arns) == 0 ? [] : [var.role_secret_arns]

    content {
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(var.role_secret_arns) == 0 || length(var.kms_key_arns) == 0 ? [] : [var.kms_key_arns]

    content {
      actions   = ["kms:Decrypt"]
      resources = statement.value
    }
  }
}

resource "aws_iam_role_policy" "task" {
  name   = "pgweir"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}
