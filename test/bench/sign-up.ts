/** Signs a manager up, and returns the cookies of the session. */
export async function signUpManager(app: string, sql: (text: string) => Promise<unknown>): Promise<string> {
  const body = JSON.stringify({ email: "bench@staff.example", password: "correct horse", name: "Bench" });
  const headers = { "content-type": "application/json" };
  const post = async (action: string) => {
    const answer = await fetch(`${app}/api/auth/${action}/email`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer;
  };
  await post("sign-up");
  await sql(
    `UPDATE users SET role = 'manager', email_verified = true, verified_at = created_at WHERE email = 'bench@staff.example'`,
  );
  const answer = await post("sign-in");
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}
