import { Checkbox, SelectField } from "@/app/ui/field";

interface Props {
  /** Distinguishes the fields of two forms on a page. */
  id: string;
  /** The values that were sent before, to show them again. */
  values?: Record<string, string | undefined>;
}

/** The fields that both ways of importing a file have. */
export function ImportOptions({ id, values }: Props) {
  return (
    <>
      <SelectField defaultValue={values?.type} id={`${id}-type`} label="Type" name="type">
        <option value="products">Products</option>
        <option value="stock">Stock</option>
      </SelectField>
      <Checkbox
        defaultChecked={values === undefined || values.dryRun === "true"}
        label="Dry run: check all rows first, and change nothing"
        name="dryRun"
        value="true"
      />
    </>
  );
}
