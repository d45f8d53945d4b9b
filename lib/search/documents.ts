export interface SearchQuery {
  q: string;
  limit: number;
  /** Of an earlier page; belongs to the search that gave it out. */
  cursor?: string;
}

export interface CustomerView {
  id: string;
  email: string;
  name: string;
  role: string;
  /** Orders placed with the address of the account. */
  orders: number;
  createdAt: Date;
}

/** A customer as the index holds it. `version` is when it was last changed: an older state never replaces a newer one. */
export interface CustomerDocument {
  id: string;
  name: string;
  email: string;
  version: Date;
}
