// The accounts of the demo cluster (crates/app/src/people/demo.rs makes them).

const account = (name) => ({ name, password: 'demo-forest-2026' });

export const ACCOUNTS = {
  administrator: account('示例管理员'),
  secretariat: account('示例秘书处'),
  buyer: account('示例采购员'),
  seller: account('示例销售员'),
  inspector: account('示例检测员'),
  commissioner: account('示例特派员'),
  bureau: account('示例工信局'),
  auditor: account('示例审计员'),
};
