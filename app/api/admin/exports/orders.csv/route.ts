import { allowOnly, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { exportOrders, exportQuerySchema } from "@/lib/orders/export-orders";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  const lines = exportOrders(readQuery(request, exportQuerySchema));
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    // Read when the reader wants more: a slow one does not fill our memory, one that leaves ends the work.
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
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET");
