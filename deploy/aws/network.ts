import { Validations } from "aws-cdk-lib";
import { IpAddresses, Peer, Port, SecurityGroup, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

/** The port that the server listens at. */
export const serverPort = 8_080;

/**
 * Two public subnets and no NAT: a task has an address of its own to reach SNS and SQS from, and no rule lets anybody reach
 * the task. A NAT gateway would cost more than the world.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, openTo: string | undefined) {
    super(scope, id);
    this.vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr("10.60.0.0/24"),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: "Tasks", subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false, cidrMask: 26 },
      ],
      // It would need a Lambda function. Nothing is in that group.
      restrictDefaultSecurityGroup: false,
    });
    Validations.of(this.vpc).acknowledge({
      id: "AwsSolutions-VPC7",
      reason:
        "Nothing can connect to what is in it, so there are no flows to log but the server's own.",
    });
    this.securityGroup = new SecurityGroup(this, "Server", {
      vpc: this.vpc,
      description: "The server of the world: out to HTTPS, in from nowhere unless opened",
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS");
    if (openTo !== undefined) {
      this.securityGroup.addIngressRule(Peer.ipv4(openTo), Port.tcp(serverPort), "Game clients");
    }
  }
}
