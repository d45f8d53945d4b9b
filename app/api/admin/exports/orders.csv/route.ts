import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { exportOrders, exportQuerySchema } from "@/lib/orders/export-orders";

export const GET = endpoint({
  summary: "Exports the orders that match a filter as CSV (RFC 4180), with decimal amounts and addresses",
  role: "manager",
  scope: "orders:read",
  query: exportQuerySchema,
  responses: { 200: { description: "A stream of the orders, oldest first", mediaType: "text/csv" } },
  handler: ({ query }) => {
    const lines = exportOrders(query);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      // The client pulls the stream. A slow client does not fill our memory, and the export stops when the client disconnects.
      async pull(controller) {
        const { done, value } = await lines.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: () => lines.return(undefined).then(() => {}),
    });
    return new Response(body, {
      headers: {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": 'attachment; filename="orders.csv"',
        "cache-control": "no-store",
      },
    });
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
