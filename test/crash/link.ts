import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of one or more ports of this machine, which can be cut. A connection goes to the next port that accepts it. */
export class Link {
  private readonly server = createServer((socket) => this.accept(socket));
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private turn = 0;

  private constructor(
    readonly name: string,
    private readonly targets: number[],
  ) {}

  static async open(name: string, targets: number[]): Promise<Link> {
    const link = new Link(name, targets);
    link.server.listen(0, "127.0.0.1");
    await once(link.server, "listening");
    return link;
  }

  get port(): number {
    const address = this.server.address();
    if (typeof address !== "object" || !address) throw new Error("The link is closed.");
    return address.port;
  }

  /** Breaks all connections and refuses new ones until `restore`. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  restore(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private accept(socket: Socket): void {
    this.hold(socket);
    if (this.isCut) return void socket.destroy();
    const first = this.turn++;
    const next = this.targets.map((_, index) => this.targets[(first + index) % this.targets.length]);
    this.forward(socket, next);
  }

  private forward(socket: Socket, [port, ...others]: (number | undefined)[]): void {
    if (port === undefined || this.isCut) return void socket.destroy();
    const outgoing = connect(port, "127.0.0.1");
    outgoing.once("error", () => {
      if (outgoing.bytesRead === 0 && outgoing.connecting) this.forward(socket, others);
      else socket.destroy();
    });
    outgoing.once("connect", () => {
      this.hold(outgoing);
      socket.pipe(outgoing).pipe(socket);
      socket.once("close", () => outgoing.destroy());
      outgoing.once("close", () => socket.destroy());
    });
  }

  private hold(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.sockets.delete(socket));
  }
}
